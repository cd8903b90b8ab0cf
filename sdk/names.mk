# SPDX-License-Identifier: MIT
# Folders whose names make or the shell would take apart are refused: $(call odd_name,NAMES), of
# variables; with $(odd_in_make) also characters that only some makefiles cannot take.
odd_signs := ' " ( ) [ & ; ` | < > * ? \ \#
odd_in_make := , = % : $$
odd_name = $(foreach name,$(1),$(if $(word 2,$($(name))),$(error $($(name)): \
	make cannot handle blanks in these names))$(foreach sign,$(odd_signs) $(2), \
	$(if $(findstring $(sign),$($(name))),$(error $($(name)): make cannot handle \
	$(sign) in the name of a folder))))

# ARCH is one of the CPUs in ARCHES.
check_arch = $(if $(filter $(ARCHES),$(subst $() ,+,$(strip $(ARCH)))),,$(error ARCH=$(ARCH): \
	is one of $(ARCHES)))

# A record: a FILE with the names of the files, or the commands, that something is made from.
# $(call if_changed,FILE,TEXT) is its prerequisite: FORCE if it does not hold TEXT yet, else none.
# Its recipe is $(record), with TEXT in the environment's RECORD: it writes FILE only if that
# differs, without a newline, which make 4.3 does not always drop when it reads a file.
if_changed = $(if $(subst x$(2),,x$(file <$(1)))$(subst x$(file <$(1)),,x$(2)),FORCE)
define record
@mkdir -p $(@D)
@printf %s "$$RECORD" | cmp -s - $@ || printf %s "$$RECORD" > $@
endef
.PHONY: FORCE
