"""The commands of `entracte replay`, a file each."""
