using System.Globalization;

namespace ClamProxy.Process.Tests.Packaging;

/// <summary>A cgroup that bounds the memory of the processes in it, where this machine lets one be made (either version).</summary>
internal sealed class MemoryGroup : IDisposable
{
    private const string First = "/sys/fs/cgroup/memory";
    private const string Second = "/sys/fs/cgroup";

    private readonly string? _folder;

    private MemoryGroup(string? folder) => _folder = folder;

    /// <summary>To this file a process writes its id to be in it; empty: there is no group.</summary>
    public string Processes => _folder is null ? "" : Path.Combine(_folder, "cgroup.procs");

    /// <summary>How often the kernel ended a process for want of memory.</summary>
    public long Kills => _folder is null ? 0 : File.ReadLines(Path.Combine(_folder, IsFirst ? "memory.oom_control" : "memory.events"))
        .Where(line => line.StartsWith("oom_kill ", StringComparison.Ordinal))
        .Sum(line => long.Parse(line.AsSpan("oom_kill ".Length), CultureInfo.InvariantCulture));

    private bool IsFirst => _folder!.StartsWith(First + "/", StringComparison.Ordinal);

    /// <param name="bytes">What its processes may use together.</param>
    public static MemoryGroup Create(long bytes)
    {
        foreach (var (parent, limit) in new[] { (First, "memory.limit_in_bytes"), (Second, "memory.max") })
        {
            var folder = Path.Combine(parent, $"clamproxy-test-{Guid.NewGuid():N}");
            try
            {
                Directory.CreateDirectory(folder);
                File.WriteAllText(Path.Combine(folder, limit), bytes.ToString(CultureInfo.InvariantCulture));
                return new(folder);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                Remove(folder);
            }
        }

        return new(null);
    }

    public void Dispose()
    {
        if (_folder is not null)
        {
            Remove(_folder);
        }
    }

    private static void Remove(string folder)
    {
        if (Directory.Exists(folder))
        {
            // Not its files, which are the kernel's.
            Directory.Delete(folder);
        }
    }
}
