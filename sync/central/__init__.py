"""The other end of the wire: takes records in, shows them to officers and reporters."""
