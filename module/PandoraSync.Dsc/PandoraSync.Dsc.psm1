# Resources for PSDesiredStateConfiguration 2 and DSC 3's PowerShell adapter. Each leans on the cmdlets of PandoraSync, which are safe to repeat.

enum Ensure {
    Absent
    Present
}

# One of both ends as a service of the system; what Register-PandoraSyncService takes.
[DscResource()]
class PandoraSyncService {
    # The service's name.
    [DscProperty(Key)]
    [string]$Name

    [DscProperty()]
    [Ensure]$Ensure = [Ensure]::Present

    # Sync, which drains sites, or Server, which keeps what agents send.
    [DscProperty()]
    [ValidateSet('Sync', 'Server')]
    [string]$End = 'Sync'

    # A pandora_server.conf for Sync, a tentacle_server.conf for Server.
    [DscProperty()]
    [string]$ConfigPath

    # A stock server's options, for Server.
    [DscProperty()]
    [string]$Options

    # Seconds from one round to the next, for Sync.
    [DscProperty()]
    [int]$Interval = 60

    # True to run each round by a timer, for Sync.
    [DscProperty()]
    [bool]$OneShot

    # The service's user, a further group of it, and the PowerShell that runs it; the cmdlet's defaults where empty.
    [DscProperty()]
    [string]$User

    [DscProperty()]
    [string]$Group

    [DscProperty()]
    [string]$ShellPath

    # The folder of units or documents; the system's own where empty.
    [DscProperty()]
    [string]$Directory

    # What the service's manager says of it.
    [DscProperty(NotConfigurable)]
    [string]$State

    # True if somebody has edited a file of it, which is then left alone.
    [DscProperty(NotConfigurable)]
    [bool]$IsEdited

    [PandoraSyncService] Get() {
        $now = [PandoraSyncService] @{ Name = $this.Name; Directory = $this.Directory; Ensure = [Ensure]::Absent }
        $found = $this.Find()
        if ($found) {
            $now.Ensure, $now.End, $now.State, $now.IsEdited = [Ensure]::Present, $found.End, $found.State, $found.IsEdited
            foreach ($name in 'ConfigPath', 'Options', 'Interval', 'OneShot', 'User', 'Group', 'ShellPath') { if ($this.IsAsWanted($found)) { $now.$name = $this.$name } }
            if ($found.End -eq 'Sync') { $now.ConfigPath, $now.OneShot = $found.Subject, ($found.Schedule -ne 'always') }
        }
        return $now
    }

    [bool] Test() {
        $found = $this.Find()
        if ($this.Ensure -eq [Ensure]::Absent) { return -not $found }
        return [bool] $found -and $found.State -notin 'inactive', 'failed', 'not registered' -and $this.IsAsWanted($found)
    }

    [void] Set() {
        if ($this.Ensure -eq [Ensure]::Absent) {
            $where = $this.Where()
            Unregister-PandoraSyncService -Name $this.Name @where -ErrorAction Stop
        }
        else { $null = $this.Register($this.Where()) }
    }

    hidden [hashtable] Where() {
        if ($this.Directory) { return @{ Directory = $this.Directory } }
        return @{}
    }

    hidden [object] Find() {
        $where = $this.Where()
        return Get-PandoraSyncService @where -ErrorAction Stop | Where-Object { $_.Name -eq $this.Name } | Select-Object -First 1
    }

    hidden [object] Register([hashtable]$more) {
        $parameters = @{ $this.End = $true; Name = $this.Name }
        $names = if ($this.End -eq 'Sync') { 'ConfigPath', 'User', 'Group', 'ShellPath' } else { 'ConfigPath', 'Options', 'User', 'Group', 'ShellPath' }
        foreach ($name in $names) { if ($this.$name) { $parameters[$name] = $this.$name } }
        if ($this.End -eq 'Sync') { $parameters.Interval, $parameters.OneShot = $this.Interval, $this.OneShot }
        return Register-PandoraSyncService @parameters @more -Confirm:$false -ErrorAction Stop -WarningAction SilentlyContinue
    }

    # True if each file is as it would be written now.
    hidden [bool] IsAsWanted([object]$found) {
        $folder = [IO.Path]::Combine([IO.Path]::GetTempPath(), "pandorasync-$([guid]::NewGuid().ToString('N'))")
        try {
            $wanted = $this.Register(@{ Directory = $folder; NoStart = $true }).Path
            $there = @($found.Path)
            if (@($wanted).Count -ne $there.Count) { return $false }
            foreach ($path in $wanted) {
                $other = [IO.Path]::Combine([IO.Path]::GetDirectoryName($there[0]), [IO.Path]::GetFileName($path))
                if (-not [IO.File]::Exists($other) -or [IO.File]::ReadAllText($other) -cne [IO.File]::ReadAllText($path)) { return $false }
            }
            return $true
        }
        finally {
            if ([IO.Directory]::Exists($folder)) { [IO.Directory]::Delete($folder, $true) }
        }
    }
}

# A Tentacle server's storage directory, and the tentacle_server.conf that serves it. A service runs it: PandoraSyncService with End = Server.
[DscResource()]
class TentacleBuffer {
    # The storage directory.
    [DscProperty(Key)]
    [string]$Path

    # The tentacle_server.conf that is written for it.
    [DscProperty(Mandatory)]
    [string]$ConfigPath

    [DscProperty()]
    [Ensure]$Ensure = [Ensure]::Present

    # Local addresses to listen on; all where empty.
    [DscProperty()]
    [string[]]$Address

    [DscProperty()]
    [int]$Port = 41121

    # Largest file in bytes.
    [DscProperty()]
    [long]$MaxFileSize = 2000000

    # Bounds of the buffer, in bytes, files and hours; 0 for none.
    [DscProperty()]
    [long]$MaxBufferSize

    [DscProperty()]
    [long]$MaxBufferFiles

    [DscProperty()]
    [int]$MaxBufferHours

    # True to replace the oldest files over a bound, instead of refusing new ones.
    [DscProperty()]
    [bool]$DropOldest

    # The certificate, its key, and the authority that clients must chain to; no TLS where empty.
    [DscProperty()]
    [string]$CertificatePath

    [DscProperty()]
    [string]$KeyPath

    [DscProperty()]
    [string]$CaPath

    # Files that wait in it.
    [DscProperty(NotConfigurable)]
    [long]$FileCount

    [TentacleBuffer] Get() {
        $now = [TentacleBuffer] @{ Path = $this.Path; ConfigPath = $this.ConfigPath; Ensure = [Ensure]::Absent }
        if ([IO.Directory]::Exists($this.Path)) { $now.FileCount = $this.CountFiles() }
        if (-not [IO.File]::Exists($this.ConfigPath)) { return $now }
        if ([IO.Directory]::Exists($this.Path)) { $now.Ensure = [Ensure]::Present }
        $lines = @{}
        foreach ($line in [IO.File]::ReadAllLines($this.ConfigPath)) { if ($line -match '^(\w+) (.+)$') { $lines[$Matches[1]] = $Matches[2].Trim() } }
        if ($lines.addresses) { $now.Address = $lines.addresses -split ',' }
        $names = [TentacleBuffer]::Settings()
        foreach ($name in $names.Keys) { if ($lines.ContainsKey($names[$name])) { $now.$name = $lines[$names[$name]] } }
        $now.DropOldest = $lines.buffer_drop_oldest -eq '1'
        return $now
    }

    [bool] Test() {
        if ($this.Ensure -eq [Ensure]::Absent) { return -not [IO.File]::Exists($this.ConfigPath) -and -not [IO.Directory]::Exists($this.Path) }
        return [IO.Directory]::Exists($this.Path) -and [IO.File]::Exists($this.ConfigPath) -and [IO.File]::ReadAllText($this.ConfigPath) -ceq $this.Text()
    }

    [void] Set() {
        if ([IO.File]::Exists($this.ConfigPath) -and -not [IO.File]::ReadAllText($this.ConfigPath).StartsWith([TentacleBuffer]::Mark())) {
            throw "'$($this.ConfigPath)' was not written by TentacleBuffer and is left as it is: give another ConfigPath, or move it away."
        }
        if ($this.Ensure -eq [Ensure]::Absent) {
            $count = $this.CountFiles()
            if ($count -gt 0) { throw "'$($this.Path)' still holds $count files that nobody has fetched, and is left as it is: drain it first." }
            if ([IO.File]::Exists($this.ConfigPath)) { [IO.File]::Delete($this.ConfigPath) }
            if ([IO.Directory]::Exists($this.Path)) { [IO.Directory]::Delete($this.Path, $true) }
            return
        }
        foreach ($folder in $this.Path, [IO.Path]::GetDirectoryName($this.ConfigPath)) { $null = [IO.Directory]::CreateDirectory($folder) }
        if ($this.Test()) { return }
        $temporary = "$($this.ConfigPath).$([guid]::NewGuid().ToString('N')).tmp"
        [IO.File]::WriteAllText($temporary, $this.Text())
        if ([IO.File]::Exists($this.ConfigPath)) { [IO.File]::Replace($temporary, $this.ConfigPath, [NullString]::Value) } else { [IO.File]::Move($temporary, $this.ConfigPath) }
    }

    hidden static [string] Mark() { return '# Written by the DSC resource TentacleBuffer; edits are undone.' }

    hidden static [Collections.Specialized.OrderedDictionary] Settings() {
        return [ordered] @{
            Port = 'port'; MaxFileSize = 'max_size'; MaxBufferSize = 'buffer_bytes'; MaxBufferFiles = 'buffer_files'; MaxBufferHours = 'buffer_hours'
            CertificatePath = 'ssl_cert'; KeyPath = 'ssl_key'; CaPath = 'ssl_ca'
        }
    }

    # Files of agents at any depth; what lies in our own folder is no agent's.
    hidden [long] CountFiles() {
        if (-not [IO.Directory]::Exists($this.Path)) { return 0 }
        return @([IO.Directory]::GetFiles($this.Path, '*', [IO.SearchOption]::AllDirectories) | Where-Object { [IO.Path]::GetFileName([IO.Path]::GetDirectoryName($_)) -notlike '.*' }).Count
    }

    hidden [string] Text() {
        $lines = @([TentacleBuffer]::Mark(), "directory $($this.Path)", 'insecure 1')
        if ($this.Address) { $lines += "addresses $($this.Address -join ',')" }
        $names = [TentacleBuffer]::Settings()
        foreach ($name in $names.Keys) { if ($this.$name) { $lines += "$($names[$name]) $($this.$name)" } }
        if ($this.DropOldest) { $lines += 'buffer_drop_oldest 1' }
        foreach ($line in $lines) { if ($line -match '[\r\n]') { throw "'$($line -replace '[\r\n]+', ' ')' has a line break, which a configuration file cannot have: correct that property." } }
        return ($lines -join "`n") + "`n"
    }
}

# A folder with an authority (cacert.pem, cakey.pem), or with a certificate of one (cacert.pem, tentaclecert.pem, tentaclekey.pem).
[DscResource()]
class TentacleCertificate {
    # The folder.
    [DscProperty(Key)]
    [string]$Path

    [DscProperty()]
    [Ensure]$Ensure = [Ensure]::Present

    [DscProperty()]
    [ValidateSet('Authority', 'Server', 'Client', 'ServerAndClient')]
    [string]$Role = 'ServerAndClient'

    # Host names and addresses that the certificate is for.
    [DscProperty()]
    [string[]]$Name

    # The subject's common name; the first of Name where empty.
    [DscProperty()]
    [string]$CommonName

    # The folder of the authority; for an authority none.
    [DscProperty()]
    [string]$Issuer

    # Days that a new one is valid; the cmdlet's default where 0.
    [DscProperty()]
    [int]$Days

    # It is renewed, with the same key, when fewer days are left.
    [DscProperty()]
    [int]$RenewBeforeDays = 30

    [DscProperty(NotConfigurable)]
    [int]$DaysLeft

    [DscProperty(NotConfigurable)]
    [string]$Thumbprint

    [TentacleCertificate] Get() {
        $now = [TentacleCertificate] @{ Path = $this.Path; Role = $this.Role; Ensure = [Ensure]::Absent }
        $found = $this.Read()
        if ($found) {
            $now.Ensure, $now.Thumbprint, $now.CommonName, $now.Name = [Ensure]::Present, $found.Thumbprint, [TentacleCertificate]::CommonNameOf($found), [TentacleCertificate]::NamesOf($found)
            $now.DaysLeft, $now.Issuer, $now.RenewBeforeDays = [Math]::Floor(($found.NotAfter - [DateTime]::Now).TotalDays), $this.Issuer, $this.RenewBeforeDays
            $now.Role = [TentacleCertificate]::RoleOf($found)
            $found.Dispose()
        }
        return $now
    }

    [bool] Test() {
        if ($this.Ensure -eq [Ensure]::Absent) { return -not ($this.Files() | Where-Object { [IO.File]::Exists($_) }) }
        $now = $this.Get()
        return $now.Ensure -eq [Ensure]::Present -and $now.DaysLeft -ge $this.RenewBeforeDays -and $this.IsSame($now)
    }

    [void] Set() {
        if ($this.Test()) { return }
        if ($this.Ensure -eq [Ensure]::Absent) {
            foreach ($file in $this.Files()) { [IO.File]::Delete($file) }
            return
        }
        $now = $this.Get()
        $parameters = @{ OutputDirectory = $this.Path; Force = $true; Confirm = $false; ErrorAction = 'Stop' }
        if ($this.Days) { $parameters.Days = $this.Days }
        if ($this.Role -ne 'Authority') {
            if (-not $this.Issuer) { throw "The certificate in '$($this.Path)' needs an authority: give the folder that has it with Issuer." }
            $parameters.Issuer = $this.Issuer
        }
        if ($now.Ensure -eq [Ensure]::Present -and $this.IsSame($now)) { $parameters.Renew = $this.Path }
        elseif ($now.Ensure -eq [Ensure]::Present -and $this.Role -eq 'Authority') {
            throw "'$($this.Path)' has another authority already ($($now.CommonName)), whose certificates would be worth nothing without it: give another Path."
        }
        else {
            if ($this.Role -eq 'Authority') { $parameters.Authority = $true } else { $parameters.Role = $this.Role }
            if ($this.Name -and $this.Role -ne 'Authority') { $parameters.Name = $this.Name }
            if ($this.CommonName) { $parameters.CommonName = $this.CommonName }
        }
        $null = New-TentacleCertificate @parameters
    }

    hidden [string[]] Files() {
        $names = if ($this.Role -eq 'Authority') { 'cacert.pem', 'cakey.pem' } else { 'tentaclecert.pem', 'tentaclekey.pem', 'cacert.pem' }
        return $names | ForEach-Object { [IO.Path]::Combine($this.Path, $_) }
    }

    # True if only its time may have to be renewed.
    hidden [bool] IsSame([TentacleCertificate]$now) {
        if ($now.Role -ne $this.Role) { return $false }
        $wanted = if ($this.CommonName) { $this.CommonName } elseif ($this.Name) { $this.Name[0] } else { $now.CommonName }
        if ($now.CommonName -cne $wanted) { return $false }
        if ($this.Role -eq 'Authority') { return $true }
        if ((@($now.Name) | Sort-Object) -join ' ' -ne ((@($this.Name) | Sort-Object) -join ' ')) { return $false }
        if (-not $this.Issuer) { return $true }
        $authority = [IO.Path]::Combine($this.Issuer, 'cacert.pem')
        return -not [IO.File]::Exists($authority) -or [IO.File]::ReadAllText($authority) -ceq [IO.File]::ReadAllText([IO.Path]::Combine($this.Path, 'cacert.pem'))
    }

    # Null unless each file is there.
    hidden [Security.Cryptography.X509Certificates.X509Certificate2] Read() {
        $files = $this.Files()
        if ($files | Where-Object { -not [IO.File]::Exists($_) }) { return $null }
        return [Security.Cryptography.X509Certificates.X509Certificate2]::new($files[0])
    }

    hidden static [string] CommonNameOf([Security.Cryptography.X509Certificates.X509Certificate2]$certificate) {
        return $certificate.GetNameInfo([Security.Cryptography.X509Certificates.X509NameType]::SimpleName, $false)
    }

    hidden static [string[]] NamesOf([Security.Cryptography.X509Certificates.X509Certificate2]$certificate) {
        $extension = $certificate.Extensions | Where-Object { $_.Oid.Value -eq '2.5.29.17' }
        if (-not $extension) { return @() }
        return [regex]::Matches($extension.Format($false), '[=:] ?([^,\s]+)') | ForEach-Object { $_.Groups[1].Value }
    }

    hidden static [string] RoleOf([Security.Cryptography.X509Certificates.X509Certificate2]$certificate) {
        $constraints = $certificate.Extensions | Where-Object { $_ -is [Security.Cryptography.X509Certificates.X509BasicConstraintsExtension] }
        if ($constraints -and $constraints.CertificateAuthority) { return 'Authority' }
        $uses = @(($certificate.Extensions | Where-Object { $_ -is [Security.Cryptography.X509Certificates.X509EnhancedKeyUsageExtension] }).EnhancedKeyUsages | ForEach-Object { $_.Value })
        $isServer, $isClient = ($uses -contains '1.3.6.1.5.5.7.3.1'), ($uses -contains '1.3.6.1.5.5.7.3.2')
        if ($isServer -and $isClient) { return 'ServerAndClient' }
        if ($isServer) { return 'Server' }
        return 'Client'
    }
}
