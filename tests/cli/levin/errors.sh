# A typing error in the tool's name is named with what was meant; nothing runs.
expect_error 2 "levin: no tool 'filtr', did you mean 'filter'\?.*try: levin --help" levin filtr median a b
expect_error 2 "no tool 'fitler', did you mean 'filter'" levin fitler
expect_error 2 "no tool 'qqqqqqq'" levin qqqqqqq
expect_error 2 "no tool 'filtr', did you mean 'filter'" levin help filtr
expect_error 2 "unknown option --hepl, did you mean --help" levin --hepl
expect_error 2 "'csh'.*bash, zsh, fish" levin completion csh
expect_error 2 "bash, zsh or fish" levin completion
expect_error 75 'standard output: No space left' bash -c 'levin >/dev/full'
