"""Every bound that hostile or careless input meets, in one place.

Each is tested at its value and one above. They are generous for real forms (the largest public ODK form
has some 3,000 questions) and small enough that whatever passes them is done within seconds.
"""

MAX_FORM_BYTES = 20 * 1024 * 1024
"""Size of a form's XML."""

MAX_INSTANCE_BYTES = 10 * 1024 * 1024
"""Size of a filled instance's XML."""

MAX_RESOURCE_BYTES = 64 * 1024 * 1024
"""Size of one external file (CSV, XML, GeoJSON) of a form."""

MAX_XML_DEPTH = 100
"""Nesting of XML elements."""

MAX_XML_MARKS = 1_200_000
"""Signs “<” and, counted by themselves, “=” of one XML file: they bound its elements and attributes."""

MAX_XML_ATTRIBUTES = 2_000
"""Attributes of one XML element (reading them takes time with the square of their number)."""

MAX_FORM_NODES = 50_000
"""Nodes of a form's primary instance."""

MAX_SOURCE_BYTES = 20 * 1024 * 1024
"""Size of an XLSForm that is converted."""

MAX_SHEET_ROWS = 50_000
"""Rows of all sheets of an XLSForm together; longer lists belong into a file of their own."""

MAX_SHEET_CELLS = 1_000_000
"""Cells with something in them, of all sheets of an XLSForm together."""

MAX_MEDIA_BYTES = 10_000_000
"""Size of one picture, sound, or list beside a form."""

MAX_PICTURE_PIXELS = 12_000_000
"""Pixels of one picture beside a form: a photograph of 4,000 by 3,000. Shown, each takes four bytes."""

MAX_PICTURE_SIDE = 8_000
"""Pixels of a picture's longer side; graphics chips take no more."""

MAX_SOUND_SECONDS = 300
"""How long a recording beside a form may be."""

MAX_CLIP_SECONDS = 180
"""How long a silent clip beside a form may be."""

MAX_CLIP_SIDE = 1_280
"""Pixels of a clip's longer side."""

MAX_CLIP_RATE = 60
"""Frames a second of a clip."""

MAX_EXPRESSION_LENGTH = 64 * 1024
"""Characters of one XPath expression."""

MAX_EXPRESSION_DEPTH = 64
"""Nesting of parentheses, predicates, and function calls in one XPath expression."""

MAX_REPEAT_INSTANCES = 10_000
"""Instances of one repeat."""

MAX_SESSION_NODES = 200_000
"""Nodes of one open form, over all instances of all repeats."""

MAX_RECALCULATIONS = 500_000
"""Evaluations that one answer may cause before the form is stopped."""

MAX_ROUNDS = 10_000
"""Times that one answer may compute the same thing anew: what still changes then never settles."""

MAX_COUNT_ROUNDS = 100
"""Times that one answer may count the instances of a repeat anew: a count that reads its own repeat may never end."""

MAX_EVENT_DEPTH = 50
"""How far a ``setvalue`` may set off another one, and that a third."""

MAX_EVENTS = 10_000
"""Changes of values that one answer may answer with ``setvalue``."""

MAX_WORK = 5_000_000
"""Nodes that the expressions of one answer may touch, all together; texts count one for each hundred characters."""

MAX_REACH = 1_000_000
"""Nodes of the form's definition that all its paths together may lead to; found once, when it is loaded."""

MAX_FAULTS = 100
"""Faults of expressions that an open form remembers."""

MAX_NODESET = 2_000_000
"""Nodes that one step of a path may select."""

MAX_STRING_LENGTH = 4 * 1024 * 1024
"""Characters that one expression may produce."""

MAX_REGEX_LENGTH = 4_000
"""Characters of a pattern given to ``regex()``."""

MAX_REGEX_MEMORY = 8 * 1024 * 1024
"""Bytes that a compiled pattern may take."""

MAX_UUID_LENGTH = 4_096
"""Characters that ``uuid(n)`` may give."""

MAX_ANSWER_LENGTH = 100_000
"""Characters of one answer."""
