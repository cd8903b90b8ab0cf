# SPDX-License-Identifier: MIT

##   fresh             each command as the first one on a bare Debian 12 (as root)
fresh: | $(BUILD)/have-FRESH
	@tests/fresh/run.sh $(BUILD) $(FRESH_CASES)

##   soak-fresh        the whole of make test on such a machine
soak-fresh: | $(BUILD)/have-FRESH
	@tests/fresh/run.sh $(BUILD) whole-test
soak: soak-fresh

.PHONY: fresh soak-fresh
