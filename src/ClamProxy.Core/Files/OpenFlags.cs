using System.Runtime.InteropServices;

namespace ClamProxy.Core.Files;

/// <summary>Flags of open(2), two of which are not the same on every processor.</summary>
internal static class OpenFlags
{
    public const int ReadWrite = 0x2;
    public const int Create = 0x40;
    public const int Exclusive = 0x80;

    /// <summary>Opening a pipe that somebody put there must not wait for a writer.</summary>
    public const int NonBlocking = 0x800;

    /// <summary>Reading leaves the access time alone, which says when a file was last asked for.</summary>
    public const int NoAccessTime = 0x40000;

    public const int CloseOnExec = 0x80000;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;

    /// <summary>A name that is a symbolic link is refused.</summary>
    public static int NoFollow { get; } = IsArm ? 0x8000 : 0x20000;

    /// <summary>A file without a name in the folder that is opened (O_TMPFILE, which contains O_DIRECTORY).</summary>
    public static int Nameless { get; } = 0x400000 | (IsArm ? 0x4000 : 0x10000);
}
