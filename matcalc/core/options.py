"""What can be asked of a derivative; docs/conventions.md says what each means."""

LAYOUTS = ("mixed", "numerator", "denominator")
STRUCTURES = ("declared", "free")
ORDERS = (1, 2)
