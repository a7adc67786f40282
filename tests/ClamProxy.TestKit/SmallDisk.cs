using System.Globalization;

namespace ClamProxy.TestKit;

/// <summary>
/// A file system of its own (tmpfs) that a test can fill, forbid writes to and give room again. Mounting takes rights that not every
/// machine gives.
/// </summary>
public sealed class SmallDisk : IAsyncDisposable
{
    private const string Room = "size=1g,nr_inodes=100000,rw";

    private static readonly TimeSpan s_untilClosed = TimeSpan.FromMilliseconds(50);

    private readonly TempFolder _folder = new();
    private bool _isMounted;

    private SmallDisk()
    {
    }

    public string Path => _folder.Path;

    /// <summary>Mounts one; where that is not permitted it is a plain folder, which cannot be filled.</summary>
    public static async Task<SmallDisk> MountAsync()
    {
        var disk = new SmallDisk();
        disk._isMounted = await RunAsync("mount", "-t", "tmpfs", "-o", Room, "clamproxy-test", disk.Path) is (0, _);
        return disk;
    }

    /// <summary>Whether it is a file system of its own.</summary>
    public bool CanFail => _isMounted;

    /// <summary>Leaves no byte free.</summary>
    public Task FillAsync() => ShrinkAsync(async () => $"size={Math.Max(4096, await UsedAsync("--block-size=1", "--output=used"))}");

    /// <summary>Leaves no file free.</summary>
    public Task TakeInodesAsync() => ShrinkAsync(async () => $"nr_inodes={await UsedAsync("--output=iused")}");

    /// <summary>Refuses every write. No file may be open for writing; one that is being closed is waited for.</summary>
    public async Task ForbidWritesAsync()
    {
        const int MostTries = 50;
        for (var tries = 1; tries < MostTries; tries++)
        {
            if (await RunAsync("mount", "-o", "remount,ro", Path) is (0, _))
            {
                return;
            }

            await Task.Delay(s_untilClosed);
        }

        await RemountAsync("ro");
    }

    /// <summary>Makes it whole again.</summary>
    public Task MendAsync() => RemountAsync(Room);

    public async ValueTask DisposeAsync()
    {
        if (_isMounted && await RunAsync("umount", Path) is (not 0, _))
        {
            await RunAsync("umount", "--lazy", Path);
        }

        _folder.Dispose();
    }

    private async Task<long> UsedAsync(params string[] options)
    {
        var (_, printed) = await RunAsync("df", [.. options, Path]);
        return long.Parse(printed.TrimEnd().Split('\n')[^1], CultureInfo.InvariantCulture);
    }

    /// <summary>A disk that is being written to may hold more by the time it is made smaller: then it is measured anew.</summary>
    private async Task ShrinkAsync(Func<Task<string>> measure)
    {
        const int MostTries = 50;
        for (var tries = 1; tries < MostTries; tries++)
        {
            if (await RunAsync("mount", "-o", $"remount,{await measure()}", Path) is (0, _))
            {
                return;
            }
        }

        await RemountAsync(await measure());
    }

    private async Task RemountAsync(string options)
    {
        if (await RunAsync("mount", "-o", $"remount,{options}", Path) is (not 0, var why))
        {
            throw new InvalidOperationException($"{Path} does not take {options}: {why}");
        }
    }

    private static async Task<(int Code, string Printed)> RunAsync(string program, params string[] arguments)
    {
        await using var process = ServerProcess.Start(program, arguments);
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await process.WaitForExitAsync(limit.Token);
        return (process.ExitCode, process.Log);
    }
}
