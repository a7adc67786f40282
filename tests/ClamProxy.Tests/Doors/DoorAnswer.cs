namespace ClamProxy.Tests.Doors;

/// <summary>What a door's client got, whatever the protocol.</summary>
internal abstract record DoorAnswer
{
    /// <summary>The file.</summary>
    public sealed record Delivered(byte[] Bytes) : DoorAnswer
    {
        public bool Equals(Delivered? other) => other is not null && Bytes.AsSpan().SequenceEqual(other.Bytes);

        public override int GetHashCode() => Bytes.Length;
    }

    /// <summary>The content that was sent may pass.</summary>
    public sealed record Passed : DoorAnswer;

    /// <summary>A verdict that is not clean: infected or unscannable.</summary>
    public sealed record Refused(string Verdict) : DoorAnswer;

    /// <summary>A failure, by the name that FailureTable gives it.</summary>
    public sealed record Failed(string Reason) : DoorAnswer;
}
