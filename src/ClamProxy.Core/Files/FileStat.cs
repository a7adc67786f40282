namespace ClamProxy.Core.Files;

/// <summary>What one look at a name or a descriptor shows.</summary>
/// <param name="Stamp">Which file it is, and in which state.</param>
/// <param name="IsRegular">It is a plain file: no link, folder, pipe or device.</param>
/// <param name="IsOurs">It belongs to the user this process runs as.</param>
/// <param name="Names">How many names it has; none means that nobody can open it any more or yet.</param>
/// <param name="UsedAt">Its access time.</param>
internal readonly record struct FileStat(FileStamp Stamp, bool IsRegular, bool IsOurs, uint Names, DateTimeOffset UsedAt);
