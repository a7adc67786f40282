using System.Text;
using ClamProxy.Doors.ExtProc.Wire;

namespace ClamProxy.Fuzz;

/// <summary>
/// What Envoy may say of one message, in any order. The first byte is the body mode, the second how the door is set, each further one a
/// message or a verdict. Whatever they are: nothing is thrown; in a mode that can hold a body no byte of it passes before a verdict; all
/// bytes up to the first end are judged and none behind it; a mode that cannot hold a body is refused unless it is allowed; outside full
/// duplex every message has one answer.
/// </summary>
internal static class ExtProcStateTarget
{
    private const int UnknownMode = 6;

    public static FuzzTarget Create() => new(
        "ext-proc-state",
        ["\x04\x01\x00\x01\x09\x03", "\x02\x01\x00\x01\x02\x03", "\x00", "\x08", "\x01", "\x09", "\x11", "\x19", "\x02", "\x03", "\x04"],
        Check);

    private static FuzzOutcome Check(byte[] input)
    {
        if (input.Length < 2)
        {
            return new FuzzOutcome("short", null);
        }

        var model = new EnvoyModel(
            input[0] % 8 is var mode and < UnknownMode ? (BodySendMode)mode : input[0] % 8 == UnknownMode ? null : (BodySendMode)99,
            isScanned: (input[1] & 1) != 0,
            letsUnheldPass: (input[1] & 2) != 0);
        var steps = new StringBuilder($"{model.Mode?.ToString() ?? "unsaid"}:");
        foreach (var word in input.AsSpan(2))
        {
            if (model.IsOver)
            {
                break;
            }

            var step = (word & 7) switch
            {
                0 => model.Headers(isEnd: (word & 8) != 0),
                1 => model.Body(isEmpty: (word & 16) != 0, isEnd: (word & 8) != 0),
                2 => model.Trailers(),
                3 => model.Verdict(passes: true),
                4 => model.Verdict(passes: false),
                _ => null,
            };
            if (steps.Length < 40 && step is not null)
            {
                steps.Append(step.ToString()![0]);
            }

            if (model.Violation is not null)
            {
                break;
            }
        }

        return new FuzzOutcome(steps.ToString(), model.Violation);
    }
}
