namespace ClamProxy.Core.Files;

/// <summary>What tells a file from another one, and from itself after somebody wrote to it.</summary>
/// <param name="Device">The file system's number.</param>
/// <param name="Inode">The file's number there.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="ModifiedAt">When it was last written to, in nanoseconds since 1970.</param>
internal readonly record struct FileStamp(ulong Device, ulong Inode, long Length, long ModifiedAt);
