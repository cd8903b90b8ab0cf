# SPDX-License-Identifier: MIT

##   dist              what a release holds, in build/dist/: the images, kernels with debug
##                     information, the SDK as .tar.gz and .deb, an SPDX bill of materials,
##                     checksums; the same bytes wherever it is made (SOURCE_DATE_EPOCH: its date)
dist: $(IMAGES) sdk | $(BUILD)/have-DIST
	$(Q)BUILD=$(BUILD) VERSION=$(VERSION) CC="$(CC)" LD="$(LD)" OBJCOPY="$(OBJCOPY)" \
		dist/dist.sh $(ARCHES)

##   check-dist        is build/dist/ whole: checksums, bill of materials, contents of the package
check-dist: dist
	$(PYTHON) -B dist/check.py --self-test $(BUILD)/dist

.PHONY: dist check-dist
