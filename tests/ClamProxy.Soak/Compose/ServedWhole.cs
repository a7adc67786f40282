using System.Collections.Concurrent;
using System.Security.Cryptography;
using ClamProxy.TestKit;

namespace ClamProxy.Soak.Compose;

/// <summary>The contents that left the upstream complete and without EICAR: nothing else can be the clean answer to anything.</summary>
internal sealed class ServedWhole
{
    private readonly ConcurrentDictionary<string, byte> _clean = [];

    public int Count => _clean.Count;

    public void Add(ReadOnlySpan<byte> content)
    {
        if (content.IndexOf(Eicar.Bytes) < 0)
        {
            _clean[Convert.ToHexStringLower(SHA256.HashData(content))] = 0;
        }
    }

    public bool Has(string sha256) => _clean.ContainsKey(sha256);
}
