# SPDX-License-Identifier: MIT

##   lint              rules of source text, link and file format
lint: $(X86_IMG) $(AA64_IMG) $(IA32_IMG)
	@tests/lint/run.sh $(BUILD)

.PHONY: lint
