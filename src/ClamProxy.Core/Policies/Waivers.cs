using Microsoft.Extensions.Logging;

namespace ClamProxy.Core.Policies;

/// <summary>
/// The exceptions in force. The file is looked at whenever a refusal is at hand, and read again when it has changed. One that became
/// wrong changes nothing until it is mended; one that is gone holds none.
/// </summary>
internal sealed class Waivers
{
    private readonly Lock _gate = new();
    private readonly string _path;
    private readonly TimeProvider _clock;
    private readonly ILogger<Waivers> _logger;
    private (DateTime ModifiedAt, long Length) _seen;
    private IReadOnlyList<Waiver> _list = [];

    public Waivers(PolicyOptions options, TimeProvider clock, ILogger<Waivers> logger)
    {
        (_path, _clock, _logger) = (options.ExceptionsFile, clock, logger);
        _ = Current();
    }

    /// <param name="covers">Whether an exception covers what is at hand.</param>
    /// <returns>The first that does and has not ended.</returns>
    public Waiver? Find(Func<Waiver, bool> covers)
    {
        var now = _clock.GetUtcNow();
        return _path.Length == 0 ? null : Current().FirstOrDefault(exception => now < exception.Expires && covers(exception));
    }

    private IReadOnlyList<Waiver> Current()
    {
        if (_path.Length == 0)
        {
            return _list;
        }

        lock (_gate)
        {
            var file = new FileInfo(_path);
            var seen = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (seen != _seen && TryRead(file.Exists))
            {
                _seen = seen;
            }

            return _list;
        }
    }

    /// <returns>Whether there is no more to learn before it changes again: one that could not be opened may be just a moment later.</returns>
    private bool TryRead(bool exists)
    {
        try
        {
            _list = exists ? WaiverList.Read(_path) : [];
            _logger.ExceptionsRead(_path, _list.Count);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            _logger.ExceptionsWrong(_path, e.Message, _list.Count);
            return e is InvalidDataException;
        }
    }
}
