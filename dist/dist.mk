# SPDX-License-Identifier: MIT

##   dist              the contents of a release, in build/dist/: images, kernels with debug
##                     information, the SDK as .tar.gz and .deb, an SPDX bill of materials,
##                     checksums; reproducible (SOURCE_DATE_EPOCH: its date)
dist: $(IMAGES) sdk | $(BUILD)/have-DIST
	$(Q)BUILD=$(BUILD) VERSION=$(VERSION) CC="$(CC)" LD="$(LD)" OBJCOPY="$(OBJCOPY)" \
		dist/dist.sh $(ARCHES)

##   check-dist        is build/dist/ complete: checksums, bill of materials, package contents
check-dist: dist
	$(PYTHON) -B dist/check.py --self-test $(BUILD)/dist

.PHONY: dist check-dist
