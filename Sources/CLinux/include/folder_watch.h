#ifndef CLINUX_FOLDER_WATCH_H
#define CLINUX_FOLDER_WATCH_H

/* A new descriptor, close-on-exec and non-blocking, that becomes readable when an entry of the folder `path` is written,
   added, removed or renamed, and when the folder itself goes away (inotify(7)). */
int clinux_folder_watch(const char *path);

/* Takes what there is to read from such a descriptor. Answers 1 when the folder is still watched, 0 when it went away. */
int clinux_folder_watch_drain(int watch);

#endif
