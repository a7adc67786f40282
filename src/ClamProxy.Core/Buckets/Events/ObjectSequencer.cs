namespace ClamProxy.Core.Buckets.Events;

/// <summary>
/// What orders the events of one key: hexadecimal digits, compared from the left, the shorter one filled with zeros at its right (Amazon
/// S3 user guide, "Event message structure"). Those of different keys say nothing of each other.
/// </summary>
public readonly record struct ObjectSequencer : IComparable<ObjectSequencer>
{
    private const int MostDigits = 64;
    private readonly string? _digits;

    private ObjectSequencer(string digits) => _digits = digits;

    public static ObjectSequencer? Parse(string? text) =>
        text is { Length: > 0 and <= MostDigits } && text.All(char.IsAsciiHexDigit) ? new(text.ToUpperInvariant().TrimEnd('0')) : null;

    public static bool operator <(ObjectSequencer left, ObjectSequencer right) => left.CompareTo(right) < 0;

    public static bool operator >(ObjectSequencer left, ObjectSequencer right) => left.CompareTo(right) > 0;

    public static bool operator <=(ObjectSequencer left, ObjectSequencer right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ObjectSequencer left, ObjectSequencer right) => left.CompareTo(right) >= 0;

    // Zeros at the right are cut: a text that begins with another one and goes on is the greater one either way.
    public int CompareTo(ObjectSequencer other) => string.CompareOrdinal(_digits ?? "", other._digits ?? "");

    public override string ToString() => _digits ?? "";
}
