using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

/// <summary>The exceptions in force. Their file is checked before each refusal.</summary>
internal sealed class Waivers
{
    private readonly RuleFile<Waiver> _file;
    private readonly TimeProvider _clock;

    public Waivers(PolicyOptions options, TimeProvider clock, ILogger<Waivers> logger)
    {
        _clock = clock;
        var path = options.ExceptionsFile;
        _file = new RuleFile<Waiver>(
            path,
            RuleList.Waivers,
            list =>
            {
                var inForce = list.Count(waiver => clock.GetUtcNow() < waiver.Expires);
                logger.ExceptionsRead(path, inForce, list.Count - inForce);
            },
            (problem, kept) => logger.ExceptionsWrong(path, problem, kept));
        _ = _file.Current();
    }

    /// <param name="covers">Whether an exception covers the content in question.</param>
    /// <returns>The first that does and has not expired.</returns>
    public Waiver? Find(Func<Waiver, bool> covers)
    {
        var now = _clock.GetUtcNow();
        return _file.Current().FirstOrDefault(exception => now < exception.Expires && covers(exception));
    }
}
