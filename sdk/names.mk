# SPDX-License-Identifier: MIT
# Folders whose names make or the shell would take apart are refused: $(call odd_name,NAMES), of
# variables; with $(odd_in_make) also characters that only some makefiles cannot take.
odd_signs := ' " ( ) [ & ; ` | < > * ? \ \#
odd_in_make := , = % : $$
odd_name = $(foreach name,$(1),$(if $(word 2,$($(name))),$(error $($(name)): \
	make cannot handle blanks in these names))$(foreach sign,$(odd_signs) $(2), \
	$(if $(findstring $(sign),$($(name))),$(error $($(name)): make cannot handle \
	$(sign) in the name of a folder))))

# A file that says which files or commands something was made from. $(call unsaid,FILE,TEXT) is
# FILE's prerequisite: none if it says so already. Its recipe is $(said), with TEXT in the
# environment's SAID: it writes FILE only if that differs, without a newline, which make 4.3 does
# not always drop when it reads a file.
unsaid = $(if $(subst x$(2),,x$(file <$(1)))$(subst x$(file <$(1)),,x$(2)),say-again)
define said
@mkdir -p $(@D)
@printf %s "$$SAID" | cmp -s - $@ || printf %s "$$SAID" > $@
endef
.PHONY: say-again
