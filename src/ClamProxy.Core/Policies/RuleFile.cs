namespace ClamProxy.Core.Policies;

/// <summary>
/// A list in a file that is checked before each use, and read again when it has changed. One that became invalid changes nothing until it
/// is fixed; a deleted one is an empty one.
/// </summary>
/// <param name="path">Empty: there is no file.</param>
/// <param name="read">Reads it, or throws what <see cref="RuleList"/> throws.</param>
/// <param name="wasRead">Told of each list that was read.</param>
/// <param name="isWrong">Told why it cannot be read, and how many of the earlier entries stay.</param>
internal sealed class RuleFile<TRule>(
    string path, Func<string, IReadOnlyList<TRule>> read, Action<IReadOnlyList<TRule>> wasRead, Action<string, int> isWrong)
{
    private readonly Lock _gate = new();
    private (DateTime ModifiedAt, long Length) _seen;
    private IReadOnlyList<TRule> _list = [];

    public IReadOnlyList<TRule> Current()
    {
        if (path.Length == 0)
        {
            return [];
        }

        lock (_gate)
        {
            var file = new FileInfo(path);
            var seen = file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
            if (seen != _seen && TryRead(file.Exists))
            {
                _seen = seen;
            }

            return _list;
        }
    }

    /// <returns>Whether there is no more to learn before it changes again: one that could not be opened may be just a moment
    /// later.</returns>
    private bool TryRead(bool exists)
    {
        try
        {
            _list = exists ? read(path) : [];
            wasRead(_list);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            isWrong(e.Message, _list.Count);
            return e is InvalidDataException;
        }
    }
}
