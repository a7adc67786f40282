using ClamProxy.Core.Files;
using ClamProxy.Core.Verdicts;
using Microsoft.Win32.SafeHandles;

namespace ClamProxy.Core.Store;

/// <summary>One stored content with its open file, which closes when nobody holds it any more.</summary>
internal sealed class HeldContent(string sha256, string path, SafeFileHandle file, FileStat look, ContentRecord verdict)
{
    private readonly byte[] _path = NativeFile.ZeroEnded(path);
    private int _holders = 1;
    private ContentRecord _verdict = verdict;

    public string Sha256 { get; } = sha256;

    public string Location { get; } = StoreFolders.Location(sha256);

    public string Path { get; } = path;

    public SafeFileHandle File { get; } = file;

    /// <summary>The file as it was when its bytes were proved right.</summary>
    public FileStamp Stamp { get; } = look.Stamp;

    /// <summary>When somebody last asked for it, as far as the disk knows.</summary>
    public DateTimeOffset UsedAt { get; set; } = look.UsedAt;

    public ContentRecord Verdict
    {
        get => Volatile.Read(ref _verdict);
        set => Volatile.Write(ref _verdict, value);
    }

    /// <summary>Whether its name still leads to these bytes: somebody else may have removed or changed it.</summary>
    public bool IsStillThere => NativeFile.TryLook(_path, out var look) && look is { IsRegular: true, IsOurs: true } && look.Stamp == Stamp;

    /// <returns>False when it is closed already.</returns>
    public bool TryHold()
    {
        int holders;
        do
        {
            holders = Volatile.Read(ref _holders);
            if (holders == 0)
            {
                return false;
            }
        }
        while (Interlocked.CompareExchange(ref _holders, holders + 1, holders) != holders);

        return true;
    }

    public void LetGo()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
        {
            File.Dispose();
        }
    }
}
