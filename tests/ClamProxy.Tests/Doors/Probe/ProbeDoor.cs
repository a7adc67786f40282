using ClamProxy.Core.Admission;
using ClamProxy.Core.Intake;
using ClamProxy.Core.Scanning;
using Microsoft.Extensions.DependencyInjection;

namespace ClamProxy.Tests.Doors.Probe;

/// <summary>The smallest door: any content in, a decision out. What it does is all that a door has to do of its own.</summary>
internal sealed class ProbeDoor(IServiceProvider services)
{
    private readonly ContentIntake _intake = services.GetRequiredService<ContentIntake>();
    private readonly ContentScanner _scanner = services.GetRequiredService<ContentScanner>();

    public Task<ScanDecision> ScanUploadAsync(byte[] content, string name, CancellationToken clientGone) =>
        ScanAsync(new MemoryStream(content), content.Length, name, clientGone);

    public async Task<ScanDecision> ScanFileAsync(string path, CancellationToken clientGone)
    {
        await using var file = File.OpenRead(path);
        return await ScanAsync(file, file.Length, path, clientGone);
    }

    /// <param name="content">The bytes, as they come.</param>
    /// <param name="length">How many were announced; null: none.</param>
    public async Task<ScanDecision> ScanAsync(Stream content, long? length, string name, CancellationToken clientGone)
    {
        var subject = new ScanSubject(name) { Clients = WaitingClients.Of("192.0.2.1") };
        var taken = await _intake.TakeAsync(content, new IntakeTerms(length, subject.Clients, _scanner.TakesAnySize(subject)), clientGone);
        if (taken is not IntakeResult.Taken { File: var file })
        {
            return _scanner.DecideNotTaken(((IntakeResult.NotTaken)taken).Failure);
        }

        using (file)
        {
            return await _scanner.ScanAsync(subject, file, clientGone);
        }
    }
}
