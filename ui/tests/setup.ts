/** Tests run in one time zone, whatever the machine thinks. */
process.env.TZ = "UTC";
