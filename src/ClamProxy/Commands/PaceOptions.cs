using System.CommandLine;
using ClamProxy.Configuration;

namespace ClamProxy.Commands;

/// <summary><c>--concurrency</c> and <c>--timeout</c>, which every command has that works on many things.</summary>
/// <param name="thing">What it works on, in the singular.</param>
/// <param name="usualTimeout">The longest time for one, where none is given.</param>
internal sealed class PaceOptions(string thing, TimeSpan usualTimeout)
{
    private const int MostConcurrency = 64;

    // More than a scanner's cores only wait for one another.
    private const int UsualConcurrency = 4;

    public Option<string> Concurrency { get; } = new("--concurrency")
    {
        Description = $"{thing}s at once, 1 to {MostConcurrency}",
        HelpName = "N",
        DefaultValueFactory = _ => $"{UsualConcurrency}",
    };

    public Option<string> Timeout { get; } = new("--timeout")
    {
        Description = $"the longest time for one {thing}",
        HelpName = "TIME",
        DefaultValueFactory = _ => DurationText.Format(usualTimeout),
    };

    /// <param name="problem">Null, or what is wrong and what a right one looks like.</param>
    public (int AtOnce, TimeSpan Longest) Read(ParseResult parsed, out string? problem)
    {
        var isCount = int.TryParse(parsed.GetValue(Concurrency), out var atOnce) && atOnce is >= 1 and <= MostConcurrency;
        var longest = DurationText.Parse(parsed.GetValue(Timeout)!);
        problem = !isCount ? $"--concurrency takes a whole number from 1 to {MostConcurrency}"
            : longest is null || longest < TimeSpan.FromSeconds(1) || longest > TimeSpan.FromDays(1)
                ? "--timeout takes a time from 1 second to 24 hours, such as 10m or 90s"
                : null;
        return (atOnce, longest ?? usualTimeout);
    }
}
