using System;
using System.IO;
using PandoraSync.Files;
using PandoraSync.Protocol;
using Xunit;

namespace PandoraSync.Tests.Files;

public class LocalFileErrorTests
{
    [Theory]
    [InlineData(28)]
    [InlineData(122)]
    [InlineData(unchecked((int)0x80070070))]
    public void A_full_disk_is_told_from_other_trouble(int code)
    {
        var error = LocalFileError.Explain(new IOException("x", code), "/data_in/a", "write", "site:41121");
        Assert.Equal(TentacleErrorKind.DiskFull, error.Kind);
        Assert.Equal("/data_in/a", error.File);
        Assert.Equal("write", error.Step);
        Assert.Equal("site:41121", error.Peer);
        Assert.Contains("make room", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_trouble_has_the_path_the_step_and_what_to_do()
    {
        Exception[] causes = [new UnauthorizedAccessException("x"), new DirectoryNotFoundException("x"), new FileNotFoundException("x"), new IOException("x", 30), new IOException("x", 5)];
        foreach (var cause in causes)
        {
            Assert.True(LocalFileError.IsFileError(cause));
            var error = LocalFileError.Explain(cause, "/data_in/a", "write");
            Assert.Equal(TentacleErrorKind.LocalFile, error.Kind);
            Assert.Contains("'/data_in/a'", error.Message, StringComparison.Ordinal);
            Assert.Contains("(write)", error.Message, StringComparison.Ordinal);
            Assert.Same(cause, error.InnerException);
        }
    }

    [Fact]
    public void A_real_error_of_a_real_full_disk_is_recognised()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        using var full = new FileStream("/dev/full", FileMode.Open, FileAccess.Write, FileShare.ReadWrite, bufferSize: 1);
        var cause = Assert.ThrowsAny<IOException>(() => full.Write(new byte[10], 0, 10));
        Assert.Equal(TentacleErrorKind.DiskFull, LocalFileError.Explain(cause, "/dev/full", "write").Kind);
    }
}
