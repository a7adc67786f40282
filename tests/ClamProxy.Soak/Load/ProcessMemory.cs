using System.Globalization;

namespace ClamProxy.Soak.Load;

/// <summary>The memory of a process as the kernel counts it (proc(5), /proc/PID/status).</summary>
internal static class ProcessMemory
{
    /// <returns>MiB of a field such as VmRSS or VmHWM.</returns>
    public static double Read(int id, string field) => File.ReadLines($"/proc/{id}/status")
        .Where(line => line.StartsWith(field + ":", StringComparison.Ordinal))
        .Select(line => line.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries)[1])
        .Select(kibibytes => double.Parse(kibibytes, CultureInfo.InvariantCulture) / 1024)
        .Single();
}
