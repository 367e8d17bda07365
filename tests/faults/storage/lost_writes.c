/* A disk that can lose its power, be full, or fail; loaded with LD_PRELOAD into the real program.
 *
 * Everything below the folder KASNEC_DISK that changes a file or a name is noted, with what stood there before, in
 * KASNEC_DISK_NOTES/log, until fsync or fdatasync of that file (or, for names, of its folder) notes that it is durable.
 * No real fsync is made: after SIGKILL the harness (disk.rs) reads the notes and puts back what the power cut would have taken.
 *
 * KASNEC_DISK_LIES=1 makes a disk that says "flushed" and has not: with it losses must be seen, else the harness proves nothing.
 * The file KASNEC_DISK_NOTES/fail makes calls fail while it is there: "write ERRNO", "fsync ERRNO" or "open ERRNO" (whatever changes a name).
 *
 * Notes of all processes go to one log under one lock. Files that are mapped (-shm) are not noted: the harness removes them.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

enum kind { WRITE = 1, TRUNCATE, SYNC, CREATE, UNLINK, RENAME, LINK, MKDIR };

/* As disk.rs reads it, little endian. */
struct note {
    uint32_t magic, kind;
    uint64_t inode, offset, old_size;
    uint32_t old_length, new_length, path_length, other_length;
};
#define MAGIC 0x4b41534eU
#define FILES 65536
#define FLUSHING 4000 /* microseconds */

static unsigned char known[FILES]; /* 1: below KASNEC_DISK */
static const char *root, *notes;
static size_t root_length;
static int lies, log_file = -1;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint32_t buried;

#define REAL(type, name, ...) \
    static type (*real)(__VA_ARGS__); \
    if (!real) real = (type (*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static int real_open(const char *path, int flags, mode_t mode) {
    REAL(int, "open64", const char *, int, ...);
    return real(path, flags, mode);
}

static int real_close(int fd) {
    REAL(int, "close", int);
    return real(fd);
}

static ssize_t real_write(int fd, const void *bytes, size_t length) {
    REAL(ssize_t, "write", int, const void *, size_t);
    return real(fd, bytes, length);
}

static ssize_t real_pwrite(int fd, const void *bytes, size_t length, off64_t offset) {
    REAL(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    return real(fd, bytes, length, offset);
}

__attribute__((constructor)) static void begin(void) {
    static char folder[PATH_MAX];
    const char *told = getenv("KASNEC_DISK"), *lying = getenv("KASNEC_DISK_LIES");
    notes = getenv("KASNEC_DISK_NOTES");
    if (!told || !notes || !realpath(told, folder)) return;
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s/log", notes);
    log_file = real_open(path, O_CREAT | O_APPEND | O_RDWR | O_CLOEXEC, 0600);
    root = log_file < 0 ? NULL : folder;
    root_length = strlen(folder);
    lies = lying && *lying == '1';
}

static int below(const char *path) {
    return root && !strncmp(path, root, root_length) && (path[root_length] == '/' || !path[root_length]);
}

static int is_known(int fd) {
    return fd >= 0 && fd < FILES && known[fd];
}

/* The whole path of a name, whether it is there or not; 0 if it is not below the disk, or is a mapped file. */
static int whole(const char *path, char *out) {
    char folder[PATH_MAX];
    if (!root || !path || strlen(path) >= PATH_MAX) return 0;
    strcpy(folder, path);
    size_t end = strlen(folder);
    while (end > 1 && folder[end - 1] == '/') folder[--end] = 0;
    char *slash = strrchr(folder, '/');
    char name[PATH_MAX];
    strcpy(name, slash ? slash + 1 : folder);
    if (slash) slash[slash == folder] = 0; else strcpy(folder, ".");
    if (!realpath(folder, out) || strlen(out) + strlen(name) + 2 > PATH_MAX) return 0;
    if (strcmp(out, "/")) strcat(out, "/");
    strcat(out, name);
    size_t length = strlen(out);
    return below(out) && (length < 4 || strcmp(out + length - 4, "-shm"));
}

static void lock(void) {
    pthread_mutex_lock(&mutex);
    flock(log_file, LOCK_EX);
}

static void unlock(void) {
    int kept = errno;
    flock(log_file, LOCK_UN);
    pthread_mutex_unlock(&mutex);
    errno = kept;
}

/* The errno that a kind of call is to fail with, or 0. */
static int failing(const char *call) {
    char path[PATH_MAX], text[256] = "";
    snprintf(path, sizeof path, "%s/fail", notes);
    int fd = real_open(path, O_RDONLY | O_CLOEXEC, 0);
    if (fd < 0) return 0;
    ssize_t length = read(fd, text, sizeof text - 1);
    real_close(fd);
    text[length > 0 ? length : 0] = 0;
    char *found = strstr(text, call);
    return found ? atoi(found + strlen(call)) : 0;
}

static void note(enum kind kind, uint64_t inode, uint64_t offset, uint64_t old_size, const void *old, uint32_t old_length, const void *new,
                 uint32_t new_length, const char *path, const char *other) {
    struct note head = {MAGIC, kind, inode, offset, old_size, old_length, new_length, path ? strlen(path) : 0, other ? strlen(other) : 0};
    uint32_t end = MAGIC;
    size_t total = sizeof head + old_length + new_length + head.path_length + head.other_length + sizeof end;
    char *whole = malloc(total), *at = whole;
    if (!whole) abort();
    const void *parts[] = {&head, old, new, path, other, &end};
    size_t lengths[] = {sizeof head, old_length, new_length, head.path_length, head.other_length, sizeof end};
    for (int i = 0; i < 6; at += lengths[i++])
        if (lengths[i]) memcpy(at, parts[i], lengths[i]);
    if (real_write(log_file, whole, total) != (ssize_t)total) abort();
    free(whole);
}

/* Notes that `length` bytes at `offset` are about to be replaced, or (length 0) that the file is about to have `offset` bytes. */
static void note_change(int fd, const void *bytes, size_t length, uint64_t offset, int truncating) {
    struct stat64 told;
    if (fstat64(fd, &told) || !S_ISREG(told.st_mode)) return;
    uint64_t size = told.st_size, end = truncating ? size : offset + length;
    uint64_t until = end < size ? end : size, count = until > offset ? until - offset : 0;
    char *old = malloc(count + 1);
    if (!old) abort();
    ssize_t got = pread64(fd, old, count, offset);
    if (got < 0 && count) {
        /* A handle for writing only. (To close a second handle of a database would drop the first one's locks; but those can read.) */
        char mine[64];
        snprintf(mine, sizeof mine, "/proc/self/fd/%d", fd);
        int reader = real_open(mine, O_RDONLY | O_CLOEXEC, 0);
        got = pread64(reader, old, count, offset);
        real_close(reader);
    }
    note(truncating ? TRUNCATE : WRITE, told.st_ino, offset, size, old, got > 0 ? got : 0, bytes, truncating ? 0 : length, NULL, NULL);
    free(old);
}

static uint64_t inode_of(const char *path) {
    struct stat64 told;
    return lstat64(path, &told) ? 0 : told.st_ino;
}

static uint64_t folder_of(const char *path) {
    char folder[PATH_MAX];
    strcpy(folder, path);
    char *slash = strrchr(folder, '/');
    slash[slash == folder] = 0;
    return inode_of(folder);
}

/* Keeps a file that is about to lose its name; gives its other name. */
static const char *bury(const char *path, char *grave) {
    snprintf(grave, PATH_MAX, "%s/grave-%d-%u", notes, getpid(), buried++);
    REAL(int, "link", const char *, const char *);
    return real(path, grave) ? NULL : grave;
}

/* ---- files ---- */

static int opened(int folder, const char *path, int flags, mode_t mode) {
    REAL(int, "openat64", int, const char *, int, ...);
    char full[PATH_MAX];
    if (!root || folder != AT_FDCWD || !whole(path, full)) {
        /* The disk's own folder, to be flushed. */
        int fd = real(folder, path, flags, mode);
        if (root && fd >= 0 && fd < FILES) known[fd] = path && realpath(path, full) && !strcmp(full, root);
        return fd;
    }
    int changing = (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
    int wrong = changing ? failing("open") : 0;
    if (wrong) return errno = wrong, -1;
    lock();
    uint64_t before = inode_of(full);
    if (before && flags & O_TRUNC && !(flags & O_EXCL)) {
        int old = real_open(full, O_RDONLY | O_CLOEXEC, 0);
        if (old >= 0) note_change(old, NULL, 0, 0, 1), real_close(old);
    }
    int fd = real(folder, path, flags, mode);
    if (fd >= 0 && !before) note(CREATE, folder_of(full), inode_of(full), 0, NULL, 0, NULL, 0, full, NULL);
    if (fd >= 0 && fd < FILES) known[fd] = 1;
    unlock();
    return fd;
}

#define MODE(flags) \
    mode_t mode = 0; \
    if ((flags) & (O_CREAT | O_TMPFILE)) { va_list more; va_start(more, flags); mode = va_arg(more, mode_t); va_end(more); }

int open(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE(flags) return opened(AT_FDCWD, path, flags, mode); }
int openat(int folder, const char *path, int flags, ...) { MODE(flags) return opened(folder, path, flags, mode); }
int openat64(int folder, const char *path, int flags, ...) { MODE(flags) return opened(folder, path, flags, mode); }

int close(int fd) {
    if (fd >= 0 && fd < FILES) known[fd] = 0;
    return real_close(fd);
}

static ssize_t written(int fd, const void *bytes, size_t length, off64_t offset, int moving) {
    int wrong = failing("write");
    if (wrong) return errno = wrong, -1;
    lock();
    if (moving) offset = fcntl(fd, F_GETFL) & O_APPEND ? lseek64(fd, 0, SEEK_END) : lseek64(fd, 0, SEEK_CUR);
    note_change(fd, bytes, length, offset, 0);
    ssize_t done = moving ? real_write(fd, bytes, length) : real_pwrite(fd, bytes, length, offset);
    unlock();
    return done;
}

ssize_t write(int fd, const void *bytes, size_t length) {
    return is_known(fd) ? written(fd, bytes, length, 0, 1) : real_write(fd, bytes, length);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
    return is_known(fd) ? written(fd, bytes, length, offset, 0) : real_pwrite(fd, bytes, length, offset);
}

ssize_t pwrite(int fd, const void *bytes, size_t length, off_t offset) { return pwrite64(fd, bytes, length, offset); }

ssize_t writev(int fd, const struct iovec *parts, int count) {
    REAL(ssize_t, "writev", int, const struct iovec *, int);
    if (!is_known(fd)) return real(fd, parts, count);
    /* A short write is allowed: the caller goes on with the rest. */
    for (int i = 0; i < count; i++)
        if (parts[i].iov_len) return write(fd, parts[i].iov_base, parts[i].iov_len);
    return 0;
}

int ftruncate64(int fd, off64_t size) {
    REAL(int, "ftruncate64", int, off64_t);
    if (!is_known(fd)) return real(fd, size);
    int wrong = failing("write");
    if (wrong) return errno = wrong, -1;
    lock();
    note_change(fd, NULL, 0, size, 1);
    int done = real(fd, size);
    unlock();
    return done;
}

int ftruncate(int fd, off_t size) { return ftruncate64(fd, size); }

int fsync(int fd) {
    REAL(int, "fsync", int);
    struct stat64 told;
    if (!is_known(fd)) return real(fd);
    int wrong = failing("fsync");
    if (wrong) return errno = wrong, -1;
    if (lies || fstat64(fd, &told)) return 0;
    /* A flush takes its time: that is when the power goes. */
    usleep(FLUSHING);
    lock();
    note(SYNC, told.st_ino, 0, 0, NULL, 0, NULL, 0, NULL, NULL);
    unlock();
    return 0;
}

int fdatasync(int fd) { return fsync(fd); }

/* Copies inside the kernel would pass by: the callers then copy by themselves. */
ssize_t copy_file_range(int in, off64_t *from, int out, off64_t *to, size_t length, unsigned flags) {
    (void)in, (void)from, (void)out, (void)to, (void)length, (void)flags;
    return errno = ENOSYS, -1;
}

ssize_t sendfile64(int out, int in, off64_t *from, size_t length) {
    (void)out, (void)in, (void)from, (void)length;
    return errno = EINVAL, -1;
}

ssize_t sendfile(int out, int in, off_t *from, size_t length) { return sendfile64(out, in, from, length); }

/* ---- names ---- */

#define UNLESS_FAILING \
    int wrong = failing("open"); \
    if (wrong) return errno = wrong, -1

int unlink(const char *path) {
    REAL(int, "unlink", const char *);
    char full[PATH_MAX], grave[PATH_MAX];
    if (!whole(path, full) || !inode_of(full)) return real(path);
    UNLESS_FAILING;
    lock();
    note(UNLINK, folder_of(full), inode_of(full), 0, NULL, 0, NULL, 0, full, bury(full, grave));
    int done = real(path);
    unlock();
    return done;
}

int rename(const char *from, const char *to) {
    REAL(int, "rename", const char *, const char *);
    char old[PATH_MAX], new[PATH_MAX], grave[PATH_MAX];
    if (!whole(from, old) || !whole(to, new) || !inode_of(old)) return real(from, to);
    UNLESS_FAILING;
    lock();
    if (inode_of(new)) note(UNLINK, folder_of(new), inode_of(new), 0, NULL, 0, NULL, 0, new, bury(new, grave));
    note(RENAME, folder_of(new), inode_of(old), 0, NULL, 0, NULL, 0, old, new);
    int done = real(from, to);
    unlock();
    return done;
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    REAL(int, "linkat", int, const char *, int, const char *, int);
    char new[PATH_MAX];
    if (to_folder != AT_FDCWD || !whole(to, new) || inode_of(new)) return real(from_folder, from, to_folder, to, flags);
    UNLESS_FAILING;
    lock();
    int done = real(from_folder, from, to_folder, to, flags);
    if (!done) note(LINK, folder_of(new), inode_of(new), 0, NULL, 0, NULL, 0, new, NULL);
    unlock();
    return done;
}

int link(const char *from, const char *to) { return linkat(AT_FDCWD, from, AT_FDCWD, to, 0); }

int mkdir(const char *path, mode_t mode) {
    REAL(int, "mkdir", const char *, mode_t);
    char full[PATH_MAX];
    if (!whole(path, full) || inode_of(full)) return real(path, mode);
    UNLESS_FAILING;
    lock();
    int done = real(path, mode);
    if (!done) note(MKDIR, folder_of(full), inode_of(full), 0, NULL, 0, NULL, 0, full, NULL);
    unlock();
    return done;
}
