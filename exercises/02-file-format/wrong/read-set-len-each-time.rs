//! The buffer grows with every read, also when a later one fails.

impl BytesMutExt for BytesMut {
    fn read_exact_from(&mut self, file: &dyn File, offset: u64, size: usize) -> io::Result<()> {
        let end = offset.checked_add(size as u64);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        if self.spare_capacity_mut().len() < size {
            if size > UNCHECKED_SIZE_MAX && file.size()? < end {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            self.reserve(size);
        }

        let mut filled = 0;
        while filled < size {
            let spare = &mut self.spare_capacity_mut()[..size - filled];
            let bytes = read_some(file, offset + filled as u64, spare)?;
            let len = self.len() + bytes;
            // SAFETY: `read_some` has filled that many.
            unsafe { self.set_len(len) };
            filled += bytes;
        }
        Ok(())
    }
}
