/* SPDX-License-Identifier: MIT */
/* tpm_log.h - how long the TPM's event log is: firmware says only where it begins. Pure. */
#ifndef STUB_TPM_LOG_H
#define STUB_TPM_LOG_H
#include "lib/base.h"

/*
 * Bytes from `log` to the end of its last entry, which begins at `last`: both as GetEventLog
 * gives them (TCG EFI Protocol Specification, family 2.0, 6.5; format 1 = TCG 1.2, 2 =
 * crypto agile). 0 for an empty log (last == 0) and for one that makes no sense or is
 * larger than 16 MiB. Reads the heads of the first and the last entry.
 */
uint64_t tpm_log_size(uint64_t log, uint64_t last, uint32_t format);
#endif
