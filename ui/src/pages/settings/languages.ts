/** The languages in which the dashboard speaks, by their own names. */
export const LANGUAGES: readonly (readonly [tag: string, name: string])[] = [["en", "English"], ["de", "Deutsch"], ["zh", "中文"]];
