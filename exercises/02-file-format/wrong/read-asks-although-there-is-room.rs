//! The size is asked for although there is room.

impl BytesMutExt for BytesMut {
    fn read_exact_from(&mut self, file: &dyn File, offset: u64, size: usize) -> io::Result<()> {
        let end = offset.checked_add(size as u64);
        let end = end.ok_or(io::ErrorKind::UnexpectedEof)?;
        if size > UNCHECKED_SIZE_MAX && file.size()? < end {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if self.spare_capacity_mut().len() < size {
            self.reserve(size);
        }

        let spare = &mut self.spare_capacity_mut()[..size];
        let mut filled = 0;
        while filled < size {
            filled += read_some(file, offset + filled as u64, &mut spare[filled..])?;
        }

        let len = self.len() + size;
        // SAFETY: the capacity is at least `len`, since `size` bytes of the spare
        // capacity were borrowed above. They are initialised: the loop has ended,
        // so `filled` is `size`, and it grew from the front and without gaps, only
        // by what `read_some` found to be filled.
        unsafe { self.set_len(len) };
        Ok(())
    }
}
