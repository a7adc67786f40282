using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Store;

/// <summary>What the store logs: EventIds 8000-8999.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(8000, LogLevel.Information, "Clean files are kept in {Folder}, up to {Size} bytes")]
    public static partial void IsOn(this ILogger logger, string folder, long size);

    [LoggerMessage(8001, LogLevel.Warning, "{Work} the store fails; requests are answered as if it were not there until it works again")]
    public static partial void Broken(this ILogger logger, StoreWork work, Exception cause);

    [LoggerMessage(8002, LogLevel.Debug, "{Work} the store still fails")]
    public static partial void StillBroken(this ILogger logger, StoreWork work, Exception cause);

    [LoggerMessage(8003, LogLevel.Information, "{Work} the store works again")]
    public static partial void WorksAgain(this ILogger logger, StoreWork work);

    [LoggerMessage(8004, LogLevel.Warning, "Removed {Path} from the store: {Problem}")]
    public static partial void Damaged(this ILogger logger, string path, StoreDamage problem);

    [LoggerMessage(8005, LogLevel.Warning, "Dropped {Sha256} from the store: no URL is answered with it any more")]
    public static partial void Dropped(this ILogger logger, string sha256);

    [LoggerMessage(8006, LogLevel.Error, "{Sha256} could not be removed from the store; this process does not answer with it, others may")]
    public static partial void NotDropped(this ILogger logger, string sha256, Exception cause);

    [LoggerMessage(8007, LogLevel.Information, "The store went over its bound, or its disk ran short of room: {Files} files of {Bytes} bytes left it")]
    public static partial void Evicted(this ILogger logger, int files, long bytes);

    [LoggerMessage(8008, LogLevel.Information, "Removed {Count} leftovers from the store")]
    public static partial void Swept(this ILogger logger, int count);

    [LoggerMessage(8009, LogLevel.Error, "Looking after the store failed; it is tried again later")]
    public static partial void UpkeepFailed(this ILogger logger, Exception cause);

    [LoggerMessage(8012, LogLevel.Warning, "NO STORE: {Folder} (STORE_PATH_DEFAULT) cannot be written to, so every file is downloaded each time. Mount a volume there that this user may write to, or set STORE_PATH")]
    public static partial void HasNoFolder(this ILogger logger, string folder);

    [LoggerMessage(8011, LogLevel.Warning, "{Count} files in the store's folder are not the store's, or another user's; they were removed: {Path} and so on")]
    public static partial void Foreign(this ILogger logger, int count, string path);

    [LoggerMessage(8010, LogLevel.Information, "Hashed {Files} stored files; {Damaged} were damaged")]
    public static partial void Scrubbed(this ILogger logger, int files, int damaged);
}
