using System.Security.Cryptography;
using ClamProxy.Core.Buckets.Events;

namespace ClamProxy.Soak.Buckets;

/// <summary>One content that a client has put.</summary>
internal sealed class RaceObject(int number, RaceContent content, byte[] bytes, ObjectEvent told)
{
    /// <summary>In the order of the puts of one key.</summary>
    public int Number => number;

    public byte[] Bytes => bytes;

    public string Hash { get; } = Convert.ToHexStringLower(SHA256.HashData(bytes));

    public ObjectEvent Told => told;

    public bool IsClean => content is RaceContent.Clean or RaceContent.CleanParts;

    /// <summary>What its tag says when it was scanned.</summary>
    public string Status => content switch
    {
        RaceContent.Clean or RaceContent.CleanParts => "clean",
        RaceContent.Infected => "infected",
        RaceContent.TooLarge or RaceContent.TooLargeParts => "unscannable",
    };

    /// <summary>Whether its owner wants it to be there: neither deleted for good nor replaced in a bucket without versions.</summary>
    public bool IsAlive { get; set; } = true;

    public RaceObject PutAgain(int number, ObjectEvent told) => new(number, content, bytes, told);

    public override string ToString() => $"content {number} ({content}{(IsAlive ? "" : ", gone")})";
}
