# SPDX-License-Identifier: MIT
# Folders whose names make or the shell would take apart are refused: $(call odd_name,NAMES), of
# variables; with $(odd_in_make) also characters that only some makefiles cannot take.
odd_signs := ' " ( ) [ & ; ` | < > * ? \ \#
odd_in_make := , = % : $$
odd_name = $(foreach name,$(1),$(if $(word 2,$($(name))),$(error $($(name)): \
	make cannot handle blanks in these names))$(foreach sign,$(odd_signs) $(2), \
	$(if $(findstring $(sign),$($(name))),$(error $($(name)): make cannot handle \
	$(sign) in the name of a folder))))
