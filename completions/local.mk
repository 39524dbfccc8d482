# SPDX-License-Identifier: MIT
# For bash, zsh and fish, each where its shell looks for those of packages.
# bash finds them by the name of the command.
bashcompletiondir = $(datadir)/bash-completion/completions
dist_bashcompletion_DATA = completions/cbsplit.bash
zshcompletiondir = $(datadir)/zsh/site-functions
dist_zshcompletion_DATA = completions/_cbsplit
fishcompletiondir = $(datadir)/fish/vendor_completions.d
dist_fishcompletion_DATA = completions/cbsplit.fish
