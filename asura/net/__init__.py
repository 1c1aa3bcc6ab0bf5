"""The only way out: every outgoing connection is opened here, behind one guard."""
