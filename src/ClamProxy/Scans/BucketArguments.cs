using System.CommandLine;
using ClamProxy.Commands;
using ClamProxy.Configuration;

namespace ClamProxy.Scans;

/// <summary>What <c>clamproxy bucket</c> was told.</summary>
/// <param name="Bucket">The bucket.</param>
/// <param name="Key">The object's whole key; with <paramref name="IsSweep"/>, what keys begin with.</param>
/// <param name="IsSweep">All objects, not one.</param>
/// <param name="Timeout">The longest time for one object.</param>
internal sealed record BucketArguments(string Bucket, string Key, bool IsSweep, bool IsJson, int Concurrency, TimeSpan Timeout)
{
    private const string Scheme = "s3://";
    private static readonly TimeSpan UsualTimeout = TimeSpan.FromHours(1);

    /// <returns>Null where there is nothing to do: it was wrong, and <paramref name="error"/> says how, or it was a question, which is
    /// answered.</returns>
    public static (BucketArguments? Arguments, int ExitCode) Parse(string[] args, TextWriter output, TextWriter error)
    {
        var target = new Argument<string>("s3://BUCKET/KEY")
        {
            Description = "the object; with --sweep, s3://BUCKET or s3://BUCKET/PREFIX",
        };
        var sweep = new Option<bool>("--sweep") { Description = "all objects of a bucket or prefix that a flow takes" };
        var json = new Option<bool>("--json") { Description = "a JSON object in a line for each, as soon as it is known" };
        var pace = new PaceOptions("object", UsualTimeout);
        var command = new Command(
            BucketCommand.Name,
            "Has objects go through their flow (ClamProxy:Buckets, or QUARANTINE_BUCKET) that nobody announced. Exit code 0: all clean, 1: "
                + "at least one refused, 2: at least one stays where it was.") { target, sweep, json, pace.Concurrency, pace.Timeout };
        var root = new RootCommand("A caching HTTP reverse proxy that scans every file.") { command };
        var parsed = root.Parse([BucketCommand.Name, .. args]);
        if (parsed.Errors.Count > 0)
        {
            return Wrong(error, parsed.GetResult(target) is { Tokens.Count: > 0 } ? parsed.Errors[0].Message : "name s3://BUCKET/KEY");
        }

        if (parsed.Action is not null)
        {
            return (null, parsed.Invoke(new InvocationConfiguration { Output = output, Error = error }));
        }

        var isSweep = parsed.GetValue(sweep);
        if (Split(parsed.GetValue(target)!) is not { Bucket.Length: > 0 } named || (!isSweep && named.Key.Length == 0))
        {
            return Wrong(error, $"takes s3://BUCKET/KEY, with --sweep s3://BUCKET or s3://BUCKET/PREFIX, not {parsed.GetValue(target)}");
        }

        var (atOnce, longest) = pace.Read(parsed, out var problem);
        return problem is null
            ? (new(named.Bucket, named.Key, isSweep, parsed.GetValue(json), atOnce, longest), CommandExit.Clean)
            : Wrong(error, problem);
    }

    private static (string Bucket, string Key)? Split(string url)
    {
        if (!url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            return null;
        }

        var rest = url[Scheme.Length..];
        var slash = rest.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? (rest, "") : (rest[..slash], rest[(slash + 1)..]);
    }

    private static (BucketArguments?, int) Wrong(TextWriter error, string problem)
    {
        error.WriteLine($"clamproxy bucket: {SettingText.OneLine(problem)} (clamproxy bucket --help says more)");
        return (null, CommandExit.Usage);
    }
}
