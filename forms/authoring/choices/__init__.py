"""Lists of choices: on sheets, in files, elsewhere; and the questions that ask for one of them."""
