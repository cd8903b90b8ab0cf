# SPDX-License-Identifier: MIT

##   lint              rules of source text, link and file format
lint: $(X86_IMG) $(AA64_IMG) $(IA32_IMG) | $(BUILD)/have-LINT
	@tests/lint/run.sh $(BUILD) $(if $(CHECK),quick)

##   check-image       which loader would refuse FILE=path, any PE file, and why
check-image: $(OUR_FILE) | $(BUILD)/have-PYTHON
	$(if $(FILE),,$(error make check-image FILE=path: which file?))
	@$(PYTHON) -B tests/lint/image.py "$(FILE)"

.PHONY: lint check-image
