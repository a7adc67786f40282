using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Store;

/// <summary>What the store logs: EventIds 8000-8999.</summary>
internal static partial class StoreLog
{
    [LoggerMessage(8000, LogLevel.Information, "Clean files are kept in {Folder}, up to {Size} bytes")]
    public static partial void IsOn(this ILogger logger, string folder, long size);

    [LoggerMessage(8001, LogLevel.Warning, "{Work} the store fails: {Problem}. Until it works again, requests are answered without it")]
    public static partial void Broken(this ILogger logger, StoreWork work, string problem);

    [LoggerMessage(8002, LogLevel.Debug, "{Work} the store fails: this comes from here")]
    public static partial void BrokenTrace(this ILogger logger, StoreWork work, Exception cause);

    [LoggerMessage(8003, LogLevel.Information, "{Work} the store works again")]
    public static partial void WorksAgain(this ILogger logger, StoreWork work);

    [LoggerMessage(8004, LogLevel.Warning, "Removed {Path} from the store: {Problem}")]
    public static partial void Damaged(this ILogger logger, string path, string problem);

    [LoggerMessage(8005, LogLevel.Warning, "Deleted {Sha256} from the store: no stored URL leads to it any more")]
    public static partial void Dropped(this ILogger logger, string sha256);

    [LoggerMessage(8006, LogLevel.Error, "{Sha256} could not be removed from the store; this process does not serve it, others may")]
    public static partial void NotDropped(this ILogger logger, string sha256, Exception cause);

    [LoggerMessage(
        8007, LogLevel.Information, "The store was over its bound, or its disk ran short of space: deleted {Files} files, {Bytes} bytes")]
    public static partial void Evicted(this ILogger logger, int files, long bytes);

    [LoggerMessage(8008, LogLevel.Information, "Removed {Count} leftovers from the store")]
    public static partial void Swept(this ILogger logger, int count);

    [LoggerMessage(8009, LogLevel.Error, "Store maintenance failed; it is retried later")]
    public static partial void UpkeepFailed(this ILogger logger, Exception cause);

    [LoggerMessage(
        8012,
        LogLevel.Warning,
        "NO STORE: {Folder} (STORE_PATH_DEFAULT) cannot be written to, so every file is downloaded each time. Mount a volume there that "
            + "this user may write to, or set STORE_PATH")]
    public static partial void HasNoFolder(this ILogger logger, string folder);

    [LoggerMessage(
        8011,
        LogLevel.Warning,
        "{Count} files in the store's folder that are not part of the store, or belong to another user, were removed, such as {Path}")]
    public static partial void Foreign(this ILogger logger, int count, string path);

    [LoggerMessage(8010, LogLevel.Information, "Hashed {Files} stored files; {Damaged} were damaged")]
    public static partial void Scrubbed(this ILogger logger, int files, int damaged);
}
