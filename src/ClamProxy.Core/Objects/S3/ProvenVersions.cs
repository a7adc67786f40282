namespace ClamProxy.Core.Objects.S3;

/// <summary>
/// Versions of objects whose every byte this process has hashed, or had the store copy from such a one. The oldest make room for new ones.
/// </summary>
internal sealed class ProvenVersions(int capacity)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, Proof> _byKey = new(StringComparer.Ordinal);
    private readonly Queue<string> _order = new();

    public void Note(string key, S3Version version, string sha256)
    {
        lock (_gate)
        {
            if (!_byKey.ContainsKey(key))
            {
                _order.Enqueue(key);
            }

            _byKey[key] = new Proof(version, sha256);
            if (_order.Count > capacity)
            {
                _byKey.Remove(_order.Dequeue());
            }
        }
    }

    /// <returns>The hash of exactly this version; null: it is not known.</returns>
    public string? Find(string key, S3Version version)
    {
        lock (_gate)
        {
            return _byKey.TryGetValue(key, out var proof) && proof.Version == version ? proof.Sha256 : null;
        }
    }

    private readonly record struct Proof(S3Version Version, string Sha256);
}
