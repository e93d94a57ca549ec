BeforeDiscovery {
    # Every kind of error as it is really produced: what is said to be wrong, and what to do. $file is a file to send, $ca and $site are certificates.
    $isLinuxHere = [Environment]::OSVersion.Platform -eq 'Unix'
    $errors = @(
        @{ kind = 'NameNotFound'; case = 'a host without an address'; problem = '*no-such-host.invalid*'; action = '*spelling*'; do = { Get-TentacleFile no-such-host.invalid @once } }
        @{ kind = 'Unreachable'; case = 'a port without a server'; problem = '127.0.0.1:1 cannot be connected to (connection refused).'; action = 'Check that a Tentacle server listens there.'; do = { Get-TentacleFile 127.0.0.1:1 @once } }
        @{ kind = 'Timeout'; case = 'a server that says nothing'; problem = '*within*'; action = '*-TimeoutSec*'; do = { Get-TentacleFile "127.0.0.1:$($silent.Port)" -TimeoutSec 0.5 @once } }
        @{ kind = 'Disconnected'; case = 'a server that leaves'; problem = '*closed the connection*missing*'; action = 'Try again*'; do = { Get-TentacleFile "127.0.0.1:$($leaving.Port)" @once } }
        @{ kind = 'AuthenticationFailed'; case = 'a wrong password'; problem = '*refused the password*'; action = "Give the server's password with -Credential*"; do = { Get-TentacleFile "127.0.0.1:$($guarded.Port)" -Credential (New-Password 'wrong') @once } }
        @{ kind = 'AuthenticationFailed'; case = 'a missing password'; problem = '*closed the connection without an answer*'; action = '*-Credential if it has a password*'; do = { Get-TentacleFile "127.0.0.1:$($guarded.Port)" @once } }
        @{ kind = 'AuthenticationFailed'; case = 'plain on a TLS port'; problem = '*it may want TLS*'; action = '*-CaPath or -Fingerprint if it uses TLS*'; do = { Get-TentacleFile "127.0.0.1:$($secure.Port)" @once } }
        @{ kind = 'AuthenticationFailed'; case = 'a missing -I'; problem = '*not allow listing*'; action = '*start it with -I*'; do = { Get-TentacleFile "127.0.0.1:$($sendOnly.Port)" @once } }
        @{ kind = 'AuthenticationFailed|Trust'; case = 'a missing client certificate'; problem = '*client certificate*'; action = '*-CertificatePath*'; do = { Get-TentacleFile "127.0.0.1:$($mutual.Port)" -CaPath $ca.CaPath @once } }
        @{ kind = 'NotAllowed'; case = 'a missing -I that is sure'; problem = '*does not allow listing and moving*'; action = 'Start it with -I*'; do = { Get-TentacleFile "127.0.0.1:$($closed.Port)" -Credential (New-Password 'sesame') @once } }
        @{ kind = 'Protocol'; case = 'something that is no Tentacle server'; problem = '*not speaking Tentacle*'; action = '*port*'; do = { Get-TentacleFile "127.0.0.1:$($babbling.Port)" @once } }
        @{ kind = 'Refused'; case = 'a file over the limit'; problem = '*file is too big*'; action = '*-MaxFileSize*'; do = { Send-TentacleFile "127.0.0.1:$($small.Port)" (New-File 'b.2.data' ('x' * 11)) @once } }
        @{ kind = 'Refused'; case = 'an empty file'; problem = '*it is empty*'; action = '*-Compress*'; do = { Send-TentacleFile "127.0.0.1:$($small.Port)" (New-File 'e.2.data' '') @once } }
        @{ kind = 'Refused'; case = 'a file that is there'; problem = '*already exists*'; action = '*-NewName*-Overwrite*'; do = { $null = New-File 'there.2.data' 'x' $small.Path; Send-TentacleFile "127.0.0.1:$($small.Port)" (New-File 'there.2.data' 'x') @once } }
        @{ kind = 'Refused'; case = 'a full buffer'; problem = '*buffer is full*'; action = '*drain*-MaxBuffer*'; do = { Send-TentacleFile "127.0.0.1:$($full.Port)" $file @once } }
        @{ kind = 'Refused'; case = 'a full disk at the server'; problem = '*no space left*'; action = "*room on the server's disk*"; do = { Send-TentacleFile "127.0.0.1:$($cramped.Port)" $file @once } }
        @{ kind = 'NotFound'; case = 'a file that the server does not have'; problem = "*has no file 'none.data'."; action = "List the server's files with Get-TentacleFile."; do = { Remove-TentacleFile "127.0.0.1:$($small.Port)" -Name none.data @once } }
        @{ kind = 'NotFound'; case = 'a server number that nobody has'; problem = 'No Tentacle server with the number 9977 runs in this process.'; action = '*Get-TentacleServer*'; do = { Stop-TentacleServer -Id 9977 -ErrorAction Stop } }
        @{ kind = 'BadName'; case = 'a name that is unsafe'; problem = '*unsafe*'; action = '*-NewName*'; do = { Send-TentacleFile "127.0.0.1:$($small.Port)" (New-File 'a$b.data' 'x') @once } }
        @{ kind = 'LocalFile'; case = 'a file that is not here'; problem = "*none.data*does not exist*"; action = '*path*'; do = { Send-TentacleFile "127.0.0.1:$($small.Port)" '/nowhere/none.data' @once } }
        @{ kind = 'LocalFile'; case = 'a storage directory that does not exist'; problem = "The storage directory '/nowhere/buffer' does not exist."; action = 'Create it.'; do = { Start-TentacleServer /nowhere/buffer -Port 0 } }
        @{ kind = 'LocalFile'; case = 'another certificate that is there'; problem = '*exists already and is not overwritten.'; action = '*-Force*'; do = { New-TentacleCertificate -Authority -CommonName other -OutputDirectory ([IO.Path]::GetDirectoryName($ca.CaPath)) } }
        @{ kind = 'Address'; case = 'a port that is taken'; problem = '*another program listens there*'; action = '*another port*'; do = { Start-TentacleServer (New-Folder) -Address 127.0.0.1 -Port $small.Port } }
        @{ kind = 'Busy'; case = 'a storage directory in use'; problem = 'Another Tentacle server is using*'; action = 'Stop it, or give this one a directory of its own.'; do = { Start-TentacleServer $small.Path -Address 127.0.0.1 -Port 0 } }
        @{ kind = 'TooLarge'; case = 'a listing without end'; problem = '*over the limit*'; action = '*'; do = { Get-TentacleFile "127.0.0.1:$($boasting.Port)" @once } }
        @{ kind = 'Trust'; case = 'another key than the pinned one'; problem = '*127.0.0.1*fingerprint*'; action = 'If its key was changed on purpose*'; do = { Get-TentacleFile "127.0.0.1:$($secure.Port)" -Fingerprint ('00' * 32) @once } }
        @{ kind = 'Certificate'; case = 'a file that is no certificate'; problem = '*ca.pem*'; action = '*'; do = { Get-TentacleFile "127.0.0.1:$($secure.Port)" -CaPath (New-File 'ca.pem' 'no certificate') @once } }
        @{ kind = 'Configuration'; case = 'a host that cannot be one'; problem = "'no host' is not a host name or address."; action = '*'; do = { Get-TentacleFile 'no host' @once } }
        @{ kind = 'Proxy'; case = 'a proxy that refuses'; problem = '*proxy*'; action = '*proxy*'; do = { Get-TentacleFile 127.0.0.1:1 -Proxy "127.0.0.1:$($babbling.Port)" @once } }
    )
    if ($isLinuxHere) {
        # A file that says it has 4,096 bytes and has a few.
        $errors += @{ kind = 'Changed'; case = 'a file that is shorter than it was'; problem = '*ended * bytes before its announced end*'; action = 'Wait until whoever writes the file has finished, then try again.'; do = { Send-TentacleFile "127.0.0.1:$($sendOnly.Port)" /sys/class/net/lo/mtu -NewName mtu.1.data @once } }
    }
}

BeforeAll {
    . ([IO.Path]::Combine($PSScriptRoot, 'Common.ps1'))

    function Complete($Line) { (TabExpansion2 -inputScript $Line -cursorColumn $Line.Length).CompletionMatches | ForEach-Object { $_.CompletionText } }

    # What another shell writes: output, errors and the host's lines. It may be sent a signal once it has said something.
    function Invoke-Shell($Script, $SignalWhen, $Signal) {
        $shell = Get-Shell
        $start = [Diagnostics.ProcessStartInfo]::new($shell[0])
        foreach ($argument in @($shell[1..9]) + '-NonInteractive', '-Command', "Import-Module '$module'; $Script") { $start.ArgumentList.Add($argument) }
        $start.RedirectStandardOutput = $true
        $start.Environment['NO_COLOR'] = '1'
        $process = [Diagnostics.Process]::Start($start)
        try {
            $text = [Text.StringBuilder]::new()
            while ($true) {
                $reading = $process.StandardOutput.ReadLineAsync()
                if (-not $reading.Wait(60000)) { throw "The shell says no more after: $text" }
                if ($null -eq ($line = $reading.Result)) { break }
                $null = $text.AppendLine($line)
                if ($SignalWhen -and $line -like $SignalWhen) {
                    & /bin/kill "-$Signal" $process.Id
                    $SignalWhen = $null
                }
            }
            if (-not $process.WaitForExit(60000)) { throw 'The shell did not end.' }
            [pscustomobject] @{ Text = $text.ToString(); ExitCode = $process.ExitCode }
        }
        finally {
            if (-not $process.HasExited) { $process.Kill() }
            $process.Dispose()
        }
    }
}

Describe 'What a new admin ran into' {
    BeforeAll {
        $once = @{ RetryCount = 0; ErrorAction = 'Stop' }
        $file = New-File 'a.1760000000.data' 'x'
        $ca = New-TentacleCertificate -Authority -OutputDirectory (New-Folder)
        $site = New-TentacleCertificate localhost, 127.0.0.1 -Issuer $ca -OutputDirectory (New-Folder)
        $local = @{ Address = '127.0.0.1'; Port = 0 }
        $small = Start-TentacleServer (New-Folder) @local -MaxFileSize 10
        $full = Start-TentacleServer (New-Folder) @local -MaxBufferFiles 1
        $null = New-File 'kept.1.data' 'x' $full.Path
        $cramped = Start-TentacleServer (New-Folder) @local -MinimumFreeSpace 8000PB
        $guarded = Start-TentacleServer (New-Folder) @local -Credential (New-Password 'sesame')
        $closed = Start-TentacleServer (New-Folder) @local -Credential (New-Password 'sesame') -SendOnly
        $sendOnly = Start-TentacleServer (New-Folder) @local -SendOnly
        $secure = Start-TentacleServer (New-Folder) @local -CertificatePath $site.CertificatePath -KeyPath $site.KeyPath
        $mutual = $site | Start-TentacleServer (New-Folder) @local
        $silent = Start-FakeServer
        $leaving = Start-FakeServer @{ 'LS*' = "LS SIZE 100`nonly.1.data" } -HangUp
        $boasting = Start-FakeServer @{ 'LS*' = "LS SIZE 99999999999`n" }
        $babbling = Start-FakeServer @{ '*' = "HTTP/1.1 400 Bad Request`n" }
    }

    AfterAll {
        $small, $full, $cramped, $guarded, $closed, $sendOnly, $secure, $mutual | Stop-TentacleServer
        $silent, $leaving, $boasting, $babbling | ForEach-Object { Stop-FakeServer $_ }
    }

    It '3: a bare number is hours for -MaxBufferAge: <given>' -ForEach @(
        @{ given = 5; seconds = 18000 }, @{ given = '48'; seconds = 172800 }, @{ given = 0.5; seconds = 1800 }, @{ given = '3.00:00:00'; seconds = 259200 }, @{ given = [timespan]::FromHours(2); seconds = 7200 }, @{ given = 0; seconds = 0 }) {
        $server = Start-TentacleServer (New-Folder) @local -MaxBufferAge $given
        try { $server.MaxBufferAgeSec | Should -Be $seconds }
        finally { Stop-TentacleServer $server }
    }

    It '3: no age limit under a minute is believed' {
        { Start-TentacleServer (New-Folder) @local -MaxBufferAge 00:00:30 } | Should -Throw '*minute*'
        { Start-TentacleServer (New-Folder) @local -MaxBufferAge -1 } | Should -Throw '*out of range*'
        { Start-TentacleServer (New-Folder) @local -MaxBufferAge soon } | Should -Throw '*hours*'
    }

    It '7: -Path and -LiteralPath together are refused, in the pipeline too' {
        { Send-TentacleFile "127.0.0.1:$($small.Port)" $file -LiteralPath $file @once } | Should -Throw '*-Path and -LiteralPath*'
        { Get-Item $file | Send-TentacleFile "127.0.0.1:$($small.Port)" $file @once } | Should -Throw '*-Path and -LiteralPath*'
    }

    It '7: no two sessions have one name' {
        $at = "127.0.0.1:$($small.Port)"
        { New-TentacleSession $at, $at -Name dup } | Should -Throw "*-Name 'dup' is for one server*"
        Get-TentacleSession | Where-Object Name -eq 'dup' | Should -BeNullOrEmpty
        $null = New-TentacleSession $at -Name dup
        { New-TentacleSession $at -Name DUP @once } | Should -Throw "There is a session 'dup' already*"
        Remove-TentacleSession dup
    }

    It '7: -Port and another port behind the host are refused' {
        { Get-TentacleFile "127.0.0.1:$($small.Port)" -Port 1 @once } | Should -Throw "*:$($small.Port)' has a port of its own, and -Port says 1*"
        { Get-TentacleFile "127.0.0.1:$($small.Port)" -Port 41121 @once } | Should -Throw "*has a port of its own, and -Port says 41121*"
        Get-TentacleFile "127.0.0.1:$($small.Port)" -Port $small.Port @once -Name '*x*' | Should -BeNullOrEmpty
    }

    It '7: options that are given win over the file' {
        $folder = New-Folder
        $conf = New-File 'tentacle_server.conf' "directory $folder`nport 1`ninsecure 1`nmax_size 77`naddresses 127.0.0.1`npassword sesame"
        $server = Start-TentacleServer -ConfigPath $conf -Port 0 -MaxConnections 7 -TimeoutSec 2 -SendOnly -CertificatePath $site.CertificatePath -KeyPath $site.KeyPath
        try {
            $server.Port | Should -Not -Be 1
            $server.MaxConnections, $server.MaxFileSize, $server.Path | Should -Be 7, 77, $folder
            $server.AllowsListing, $server.UsesTls, $server.HasPassword | Should -Be $false, $true, $true
        }
        finally { Stop-TentacleServer $server }
        $other = New-Folder
        $server = Start-TentacleServer $other -ConfigPath $conf -Port 0
        try { $server.Path, $server.AllowsListing | Should -Be $other, $true }
        finally { Stop-TentacleServer $server }
    }

    It '10: what is refused and what is dropped is counted, and a full buffer says so' {
        $server = Start-TentacleServer (New-Folder) @local -MaxBufferFiles 1
        try {
            $at = "127.0.0.1:$($server.Port)"
            Send-TentacleFile $at $file
            $server.State | Should -Be 'Full'
            foreach ($i in 1..3) { Send-TentacleFile $at (New-File "b$i.1.data" 'x') -ErrorAction SilentlyContinue }
            $server.Refused, $server.Dropped | Should -Be 3, 0
            $server.State | Should -Be 'Full'
            Remove-TentacleFile $at -Name a.1760000000.data
            $server.State | Should -Be 'Running'
        }
        finally { Stop-TentacleServer $server }
        $server.State | Should -Be 'Stopped'
        $server = Start-TentacleServer (New-Folder) @local -MaxBufferFiles 2 -DropOldest
        try {
            foreach ($i in 1..4) { Send-TentacleFile "127.0.0.1:$($server.Port)" (New-File "b$i.1.data" 'x') }
            $server.Refused, $server.Dropped | Should -Be 0, 2
        }
        finally { Stop-TentacleServer $server }
    }

    It '10: Test-TentacleServer sees a full buffer' {
        $refused = $full.Refused
        $step = Test-TentacleServer "127.0.0.1:$($full.Port)" | Where-Object Step -eq 'Storage'
        $step.Succeeded, $step.ErrorId | Should -Be $false, 'Tentacle.Refused'
        $step.Detail | Should -BeLike '*buffer is full*'
        $step.RecommendedAction | Should -BeLike '*drain*'
        Test-TentacleServer "127.0.0.1:$($full.Port)" -Quiet | Should -BeFalse
        $full.Refused | Should -Be $refused -Because 'a question is no file'
        (Test-TentacleServer "127.0.0.1:$($cramped.Port)" | Where-Object Step -eq 'Storage').Detail | Should -BeLike '*no space left*'
        (Test-TentacleServer "127.0.0.1:$($small.Port)" | Where-Object Step -eq 'Storage').Succeeded | Should -BeTrue
    }

    It '10: a test is no error of the server: <what>' -ForEach @(
        @{ what = 'plain'; make = { Start-TentacleServer (New-Folder) @local }; with = { @{} } }
        @{ what = 'with a password'; make = { Start-TentacleServer (New-Folder) @local -Credential (New-Password 'sesame') }; with = { @{ Credential = New-Password 'sesame' } } }
        @{ what = 'with TLS'; make = { Start-TentacleServer (New-Folder) @local -CertificatePath $site.CertificatePath -KeyPath $site.KeyPath }; with = { @{ CaPath = $ca.CaPath } } }) {
        $server = & $make
        try {
            $how = & $with
            Test-TentacleServer "127.0.0.1:$($server.Port)" @how -Quiet | Should -BeTrue
            Wait-Until { $server.Connections -eq 0 } 'the end of the test'
            $server.Errors, $server.Refused | Should -Be 0, 0
        }
        finally { Stop-TentacleServer $server }
    }

    It '11: a folder that the server does not have is none, and not the root' {
        $buffer = New-Folder
        $null = New-File 'a.1.data' 'x' $buffer
        $null = New-File 'x.conf' 'x' ([IO.Directory]::CreateDirectory("$buffer/conf").FullName)
        $server = Start-TentacleServer $buffer @local -Filter '.*\.conf:conf', '.*\.md5:md5'
        try {
            $at = "127.0.0.1:$($server.Port)"
            { Get-TentacleFile $at -Folder commands @once } | Should -Throw "$at has no folder 'commands'*"
            (Get-TentacleFile $at -Folder conf).Name | Should -Be 'x.conf'
            Get-TentacleFile $at -Folder md5 @once | Should -BeNullOrEmpty
        }
        finally { Stop-TentacleServer $server }
    }

    It '12: <case> says what is wrong and what to do' -ForEach $errors {
        try { $null = & $do; throw 'nothing went wrong' } catch { $record = $_ }
        ($record.FullyQualifiedErrorId -replace '^Tentacle\.|,.*') | Should -Match "^($kind)$" -Because "$record"
        "$record" | Should -BeLike $problem
        $record.ErrorDetails.RecommendedAction | Should -BeLike $action
        $record.ErrorDetails.RecommendedAction | Should -Match '^[A-Z].*\.$'
        "$record".IndexOf($record.ErrorDetails.RecommendedAction.TrimEnd('.'), [StringComparison]::OrdinalIgnoreCase) | Should -Be -1 -Because 'neither repeats the other'
    }

    It '12: the table has every kind that a cmdlet can meet' -ForEach @{ kinds = $errors.kind } {
        # A disk of this machine that is full needs a file system of its own: tests/Unit/Sync/DiskTests.
        $all = [enum]::GetNames([PandoraSync.Protocol.TentacleErrorKind]) | Where-Object { $_ -ne 'DiskFull' }
        $all | Where-Object { $_ -notin ($kinds -split '\|') } | Should -BeNullOrEmpty
    }

    It '14: files of several sites say where they are, and a time only where there is one' {
        $buffers = (New-Folder), (New-Folder)
        $null = New-File 'a.1760000000.data' 'x' $buffers[0]
        $null = New-File 'b.7.data' 'x' $buffers[1]
        $servers = $buffers | ForEach-Object { Start-TentacleServer $_ @local }
        try {
            $files = $servers | ForEach-Object { Get-TentacleFile "127.0.0.1:$($_.Port)" }
            $text = $files | Out-String -Width 80
            foreach ($server in $servers) { $text | Should -BeLike "*Server: 127.0.0.1:$($server.Port)*" }
            $text | Should -BeLike '*Time in name*'
            $files[1].Time | Should -BeNullOrEmpty -Because 'no agent wrote in 1970'
            $files[0].Time | Should -Be ([DateTimeOffset]::FromUnixTimeSeconds(1760000000).LocalDateTime)
        }
        finally { $servers | Stop-TentacleServer }
    }

    It '14: a test says nothing twice and wraps at words' {
        $text = Test-TentacleServer 127.0.0.1:1 -RetryCount 0 | Out-String -Width 80
        @([regex]::Matches($text, '127\.0\.0\.1:1\b')).Count | Should -Be 1
        ($text -replace '\s+', ' ') | Should -BeLike '*cannot be connected to (connection refused). Check that a Tentacle server listens there.*'
    }

    It '15: -Wait says where it listens and how it ends, and ends in order at <signal>' -ForEach @(
        if ([Environment]::OSVersion.Platform -eq 'Unix') { @{ signal = 'TERM' }; @{ signal = 'HUP' } }) {
        $buffer = New-Folder
        $ended = Invoke-Shell "Start-TentacleServer '$buffer' -Address 127.0.0.1 -Port 0 -Wait -Verbose; 'afterwards'" -SignalWhen '*Ctrl+C*' -Signal $signal
        $ended.Text | Should -Match '127\.0\.0\.1:\d+'
        $ended.Text | Should -Match '\d\d:\d\d:\d\d .*stopped' -Because 'lines have a time'
        $ended.Text | Should -BeLike '*afterwards*'
        $ended.ExitCode | Should -Be 0
    }

    It '15: a buffer that nobody can drain is warned of' {
        $server = Start-TentacleServer -Options "-a 127.0.0.1 -s $(New-Folder)" -Port 0 -WarningVariable said -WarningAction SilentlyContinue
        Stop-TentacleServer $server
        "$said" | Should -BeLike '*-I*drain*'
        $server = Start-TentacleServer -Options "-a 127.0.0.1 -I -s $(New-Folder)" -Port 0 -WarningVariable said
        Stop-TentacleServer $server
        $said | Should -BeNullOrEmpty
    }

    It '16: servers are stopped by number, and those that are not there are errors' {
        $server = Start-TentacleServer (New-Folder) @local
        Complete 'Stop-TentacleServer ' | Should -Contain "$($server.Id)"
        Complete 'Get-TentacleServer ' | Should -Contain "$($server.Id)"
        Stop-TentacleServer $server.Id
        $server.State | Should -Be 'Stopped'
        { Get-TentacleServer $server.Id -ErrorAction Stop } | Should -Throw "No Tentacle server with the number $($server.Id)*"
        { Stop-TentacleServer $server.Id -ErrorAction Stop } | Should -Throw "No Tentacle server with the number $($server.Id)*"
        { Get-TentacleSession nobody -ErrorAction Stop } | Should -Throw "There is no session 'nobody'*"
        { Get-TentacleSession -Id 9977 -ErrorAction Stop } | Should -Throw "There is no session '9977'*"
        Get-TentacleSession 'nobody*' -ErrorAction Stop | Should -BeNullOrEmpty
    }

    It '16: names at a server complete with -ComputerName too' {
        $null = New-File 'remote.1.data' 'x' $full.Path
        Complete "Get-TentacleFile 127.0.0.1:$($full.Port) -Name re" | Should -Be 'remote.1.data'
        Complete "Remove-TentacleFile -ComputerName 127.0.0.1 -Port $($full.Port) -Name re" | Should -Be 'remote.1.data'
        [IO.File]::Delete("$($full.Path)/remote.1.data")
    }

    It '17: the server comes first in every cmdlet that connects' {
        foreach ($command in Get-Command -Module PandoraSync | Where-Object { $_.Parameters.ContainsKey('ComputerName') }) {
            $command.Parameters.ComputerName.ParameterSets.ComputerName.Position | Should -Be 0 -Because $command.Name
        }
    }

    It '17: files are sent, listed, received and removed with the server first' {
        $server = Start-TentacleServer (New-Folder) @local
        try {
            $at = "127.0.0.1:$($server.Port)"
            Send-TentacleFile $at $file
            (Get-TentacleFile $at).Name | Should -Be 'a.1760000000.data'
            $incoming = New-Folder
            (Receive-TentacleBuffer $at $incoming -Keep).Name | Should -Be 'a.1760000000.data'
            Get-FileName $incoming | Should -Be 'a.1760000000.data'
            $other = New-Folder
            ([pscustomobject] @{ ComputerName = $at; Destination = $other } | Receive-TentacleBuffer -Keep).Name | Should -Be 'a.1760000000.data'
            Get-FileName $other | Should -Be 'a.1760000000.data'
            Remove-TentacleFile $at -Name '*'
            Get-TentacleFile $at | Should -BeNullOrEmpty
        }
        finally { Stop-TentacleServer $server }
    }

    It '9: what a server shows is shown where nothing is checked, so that its key can be pinned' {
        $tls = Test-TentacleServer "127.0.0.1:$($secure.Port)" -SkipCertificateCheck | Where-Object Step -EQ 'TLS'
        $tls.Detail | Should -Match "^TLS 1\.[23], subject '.+', issuer '.+', .+, key SHA-256 [0-9a-f]{64}$"
        $null, $pin = $tls.Detail -split 'key SHA-256 '
        { Get-TentacleFile "127.0.0.1:$($secure.Port)" -Fingerprint $pin @once } | Should -Not -Throw
    }

    It '18: a certificate file is as good as its folder' {
        $issued = New-TentacleCertificate host.example -Issuer $ca.CaPath -OutputDirectory (New-Folder)
        $issued.Names | Should -Be 'host.example'
        (New-TentacleCertificate -Renew $issued.CertificatePath -Issuer $ca.CaPath -OutputDirectory (New-Folder)).KeyFingerprint | Should -Be $issued.KeyFingerprint
    }

    It '18: a file where a folder is wanted is called one: <what>' -ForEach @(
        @{ what = 'storage directory'; do = { Start-TentacleServer $file @local } }
        @{ what = 'incoming directory'; do = { Receive-TentacleBuffer "127.0.0.1:$($small.Port)" -Destination $file @once } }
        @{ what = 'folder for certificates'; do = { New-TentacleCertificate -Authority -OutputDirectory $file } }) {
        $do | Should -Throw "*$([IO.Path]::GetFileName($file))' is a file*folder*"
    }

    It '18: a certificate that does not fit its use is refused where it is made or shown' {
        { New-TentacleCertificate -CommonName host -Role Server -Issuer $ca -OutputDirectory (New-Folder) } | Should -Throw '*needs the names and addresses*'
        $client = New-TentacleCertificate -CommonName main -Role Client -Issuer $ca -OutputDirectory (New-Folder)
        { $client | Start-TentacleServer (New-Folder) @local } | Should -Throw '*is for clients, not for a server*'
        { Start-TentacleServer -Options "-a 127.0.0.1 -I -s $(New-Folder) -e $($client.CertificatePath) -k $($client.KeyPath)" -Port 0 } | Should -Throw '*is for clients, not for a server*'
    }

    It '19: a server stops when the module is removed' {
        $buffer = New-Folder
        $ended = Invoke-Shell "`$s = Start-TentacleServer '$buffer' -Address 127.0.0.1 -Port 0; Remove-Module PandoraSync; `$s.State; try { [Net.Sockets.TcpClient]::new('127.0.0.1', `$s.Port).Dispose(); 'still there' } catch { 'gone' }"
        $ended.Text.Trim() -split '\s+' | Should -Be 'Stopped', 'gone'
    }
}
