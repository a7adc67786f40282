using System.Globalization;
using System.Text.RegularExpressions;

namespace ClamProxy.Core.Clamd;

/// <summary>
/// What a scanner's answer to STATS says of its engines: how many it has, and the memory that their signatures take. While it loads new
/// signatures it has two; afterwards the memory is another, unless the change was smaller than what it prints (1 KiB).
/// </summary>
internal sealed partial record EngineMemory(int Pools, string Used)
{
    /// <returns>Null: it does not say.</returns>
    public static EngineMemory? Parse(string stats) =>
        Line().Match(stats) is { Success: true } line
        && int.TryParse(line.Groups[1].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var pools)
        && pools > 0
            ? new EngineMemory(pools, line.Groups[2].Value)
            : null;

    [GeneratedRegex(@"\bpools ([0-9]{1,4}) pools_used ([0-9.]{1,20}M)")]
    private static partial Regex Line();
}
