/* power_vfs.h: a layer under SQLite that writes down every write, truncation, sync and deletion, and can then lay out the files
 * as a disk would have them if the power had gone at any moment: what was synced is there; of what was not, each sector is there
 * or not, by dice.
 *
 * Serves files of one folder, opened by one handle alone (it offers no shared memory).
 */
#ifndef POWER_VFS_H
#define POWER_VFS_H

#include <stddef.h>
#include <stdint.h>

/* power_vfs_begin: from now on SQLite opens files through the layer, which records. power_vfs_end: it no longer records; files
 * opened from now on still go through it, and are never synced, as the real disk is not what is tested. */
void power_vfs_begin(void);
void power_vfs_end(void);

/* power_vfs_begin_with: likewise, and the database POWER_VFS_FILE that lies in |folder|, with its log, is on the disk already. */
#define POWER_VFS_FILE "books"
void power_vfs_begin_with(const char *folder);

/* power_vfs_moment: how many acts have been written down. */
size_t power_vfs_moment(void);

/* power_vfs_lay_out: makes |folder| (empty) look like the disk after the power went behind the first |moment| acts. */
void power_vfs_lay_out(const char *folder, size_t moment, uint32_t dice);

/* power_vfs_forget: frees the record and takes the layer away. */
void power_vfs_forget(void);

#endif
