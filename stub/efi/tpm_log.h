/* SPDX-License-Identifier: MIT */
/* tpm_log.h - the length of the TPM's event log: firmware gives only its start. Pure. */
#ifndef STUB_TPM_LOG_H
#define STUB_TPM_LOG_H
#include "lib/base.h"

/*
 * Bytes from `log` to the end of its last entry, which begins at `last`; both are as GetEventLog
 * returns them (TCG EFI Protocol Specification, family 2.0, 6.5; format 1 = TCG 1.2, 2 = crypto
 * agile). 0 if the log is empty (last == 0), malformed, or larger than 16 MiB. Reads the heads of
 * the first and the last entry: at most TPM_LOG_READ bytes from each address.
 */
#define TPM_LOG_READ	1072
uint64_t tpm_log_size(uint64_t log, uint64_t last, uint32_t format);
#endif
