"""What the one-file executable is made of besides asura: how it is packed, and what runs first inside it."""
