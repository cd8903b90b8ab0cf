# SPDX-License-Identifier: MIT

##   lint              rules of source text, link and file format
lint: $(IMAGES) $(if $(CHECK),,examples) | $(BUILD)/have-LINT
	@tests/lint/run.sh $(BUILD) $(if $(CHECK),quick)

##   options-doc       docs/options.md and docs/monitor.md, from what the code says
options-doc: | $(BUILD)/have-PYTHON
	$(PYTHON) -B tests/lint/options.py --write
	$(PYTHON) -B tests/lint/commands.py --write

##   check-image       which loader would refuse FILE=path, any PE file, and why
check-image: $(OUR_FILE) | $(BUILD)/have-PYTHON
	$(if $(FILE),,$(error make check-image FILE=path: which file?))
	@$(PYTHON) -B tests/lint/image.py "$(FILE)"

.PHONY: lint options-doc check-image
